"""Ed25519 keys of signed notes: the public half as one line of text, the private half as a file.

A person's private key is kept in OpenSSH's format, encrypted with the holder's passphrase (`ssh-keygen -y -f`
reads it). Two keys have no holder and no passphrase, PKCS#8: online.key and heartbeat.key, used by timers.

A verifier key reads `name+hash+base64(type, public key)`. Only type 1 (Ed25519) is known
here; signatures by keys of other types are ignored, as the specification asks, which leaves
room for witnesses and later algorithms.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

from boards.model.errors import Fault, Refusal
from sync.durable import durable
from sync.log.note import Note, Signature, is_key_name
from sync.own_name import own_name

ED25519 = 1
ROUNDS = 96
"""Of bcrypt: a try at a passphrase takes 0.7 s of one core of an office computer."""
LEAST_CHARACTERS, LEAST_WORDS = 12, 4


class KeyUnreadable(Refusal):
    """A key line or key file is not one."""

    code = "key-unreadable"
    fault = Fault.PERSON
    sentence = "密钥无法读取：{what}。"
    advice = "请核对密钥文件或公钥那一行，改正后再试。"


class PassphraseWrong(Refusal):
    """The key file is good, and this passphrase does not open it."""

    code = "passphrase-wrong"
    fault = Fault.PERSON
    sentence = "密钥 {what} 打不开：口令不对。"
    advice = "请重新输入这把密钥自己的口令（不是登录密码），注意大小写和输入法。"


class PassphraseWeak(Refusal):
    """Whoever copies the key file would guess it."""

    code = "passphrase-weak"
    fault = Fault.PERSON
    sentence = "密钥的口令太短。"
    advice = "请用至少 12 个字符，或四个以上用空格隔开的词；不要用登录密码。"


class VerifierKey(msgspec.Struct, frozen=True):
    """The public half: who (`name`) and what (`public`, 32 bytes)."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """Four bytes that name this key in a signature line."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """`name+hash+base64`, as written in kiosk.toml."""
        code = base64.b64encode(bytes([ED25519]) + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{code}"

    def made(self, signature: Signature) -> bool:
        """True when the line claims to be by this key."""
        return signature.name == self.name and signature.key_hash == self.key_hash

    def verifies(self, text: str, signature: Signature) -> bool:
        """True when the signature is good for the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature.blob, text.encode())
        except InvalidSignature:
            return False
        return True

    def pem(self) -> bytes:
        """The public key as plain tools read it: `openssl pkeyutl -verify -pubin -inkey …`."""
        return Ed25519PublicKey.from_public_bytes(self.public).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


def verifier_key(line: str) -> VerifierKey:
    """Read `name+hash+base64`; raises KeyUnreadable."""
    parts = line.split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]):
        raise KeyUnreadable(what="公钥应为 名称+校验+base64")
    try:
        data = base64.b64decode(parts[2], validate=True)
    except ValueError as e:  # binascii.Error, or a text that is not ASCII
        raise KeyUnreadable(what="公钥不是 base64") from e
    if len(data) != 33 or data[0] != ED25519:
        raise KeyUnreadable(what="只支持 Ed25519 公钥")
    key = VerifierKey(parts[0], data[1:])
    if str(key) != line:
        raise KeyUnreadable(what="公钥与其校验不一致")
    return key


class SigningKey(msgspec.Struct, frozen=True):
    """The private half. Never printed, never logged."""

    name: str
    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        """Name only."""
        return f"SigningKey({self.name})"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return VerifierKey(self.name, self.private.public_key().public_bytes(*raw))

    def signature(self, text: str) -> Signature:
        """Sign a text that ends in a newline."""
        return Signature(self.name, self.verifier.key_hash, self.private.sign(text.encode()))


def signed(text: str, *keys: SigningKey) -> Note:
    """A note over `text` by all the keys, in order."""
    return Note(text, tuple(key.signature(text) for key in keys))


def new_key(name: str) -> SigningKey:
    """A fresh key."""
    return SigningKey(name, Ed25519PrivateKey.generate())


def write_key(key: SigningKey, path: Path, passphrase: str = "") -> None:
    """Keep a key in a file only its owner may read; never over an existing one.

    Without a passphrase it is for a machine's own key alone. Raises FileExistsError, PassphraseWeak,
    NotWritten.
    """
    data = sealed(key, passphrase) if passphrase else _plain(key)
    if path.exists():
        raise FileExistsError(path.name)
    durable(path, data, private=True)


def sealed(key: SigningKey, passphrase: str) -> bytes:
    """A key file that only the passphrase opens. Raises PassphraseWeak."""
    if len(passphrase) < LEAST_CHARACTERS and len(passphrase.split()) < LEAST_WORDS:
        raise PassphraseWeak
    style = serialization.PrivateFormat.OpenSSH
    locked = style.encryption_builder().kdf_rounds(ROUNDS).build(passphrase.encode())
    return key.private.private_bytes(serialization.Encoding.PEM, style, locked)


def read_key(name: str, path: Path, passphrase: str = "") -> SigningKey:
    """Read a key file; raises KeyUnreadable, PassphraseWrong."""
    try:
        data = path.read_bytes()
        plain = not passphrase
        private = load_pem_private_key(data, None) if plain else _unsealed(data, passphrase, path.name)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as e:
        raise KeyUnreadable(what=own_name(path)) from e
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyUnreadable(what=path.name)
    return SigningKey(name, private)


def _unsealed(data: bytes, passphrase: str, name: str) -> object:
    try:
        return load_ssh_private_key(data, passphrase.encode())
    except ValueError as e:
        if "checksum" in str(e):  # what was deciphered is noise
            raise PassphraseWrong(what=name) from e
        raise


def _plain(key: SigningKey) -> bytes:
    style = serialization.PrivateFormat.PKCS8
    return key.private.private_bytes(serialization.Encoding.PEM, style, serialization.NoEncryption())
