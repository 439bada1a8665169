"""What can go wrong with people and passwords. No sentence tells a stranger which accounts there are."""

from __future__ import annotations

from boards.model.errors import Fault, Refusal


class NobodyYet(Refusal):
    """There is no account: nothing can be done in anybody's name."""

    code = "nobody-yet"
    fault = Fault.PERSON
    sentence = "这里还没有任何人的账号。"
    advice = "请先建立第一个管理员（people add --first）。"


class SomebodyAlready(Refusal):
    """The first administrator is made once, at the founding."""

    code = "somebody-already"
    fault = Fault.PERSON
    sentence = "这里已经有账号，第一个管理员早已建立。"
    advice = "请由管理员添加。"


class PeopleUnreadable(Refusal):
    """The file is damaged, full, or of somebody else."""

    code = "people-unreadable"
    fault = Fault.MACHINE
    sentence = "账号库 people.sqlite3 不能用（{why}），什么都没有办。"
    advice = "请检查磁盘空间和文件权限；文件坏了的，请从备份恢复。"


class PeopleNewer(Refusal):
    """Written by a later release than this one."""

    code = "people-newer"
    fault = Fault.MACHINE
    sentence = "账号库是更新的版本写的（{found}，本程序只认到 {known}）。"
    advice = "请用那个版本的程序，或先升级本程序。"


class AccountUnknown(Refusal):
    """Nobody is called so."""

    code = "account-unknown"
    fault = Fault.PERSON
    sentence = "没有名为 {login} 的账号，没有办理。"
    advice = "请核对登录名（county people list）；还没有账号的，先用 county people add --first 建立管理员。"


class AccountLocked(Refusal):
    """Who is locked, or has left, acts no more."""

    code = "account-locked"
    fault = Fault.PERSON
    sentence = "{login} 的账号已经停用，没有办理。"
    advice = "确需恢复的，请管理员解锁。"


class AccountMayNot(Refusal):
    """An act that belongs to another role."""

    code = "account-may-not"
    fault = Fault.PERSON
    sentence = "{login} 没有“{role}”的权限，没有办理；现有的是：{has}。"
    advice = "请由有这个权限的人办理，或请管理员用 county people roles 核定。"


class OfficeOfOthers(Refusal):
    """A list, notice or year of an office whose clerk this account is not."""

    code = "office-of-others"
    fault = Fault.PERSON
    sentence = "{login} 不是发放（发布）单位的经办人，没有办理；现有的是：{has}。"
    advice = (
        "请由那个单位的经办人办理，年度核定由不限单位的经办人办理；"
        "自己的名册，请核对 batch.toml 的 office 一行：要是其中一个单位，写不写县名都可以；"
        "不对的，请管理员用 county people roles 核定。"
    )


class AccountThere(Refusal):
    """A login names one person, for good."""

    code = "account-there"
    fault = Fault.PERSON
    sentence = "登录名 {login} 已经有人用过。"
    advice = "请另取一个；登录名一人一个，离开的人用过的也不再给别人。"


class LoginUnfit(Refusal):
    """A login is a short word that is easy to type."""

    code = "login-unfit"
    fault = Fault.PERSON
    sentence = "这个登录名不能用。"
    advice = "请用小写字母开头，后面是小写字母、数字、点、横线，最多 32 个，例如 wang。"


class NameUnfit(Refusal):
    """A display name is what others read."""

    code = "name-unfit"
    fault = Fault.PERSON
    sentence = "姓名不能用：{why}。"
    advice = "请写这个人的姓名，最多 20 个字。"


class RoleUnknown(Refusal):
    """A role this house does not have, or not of an office."""

    code = "role-unknown"
    fault = Fault.PERSON
    sentence = "没有“{role}”这个角色，或者单位写得不对。"
    advice = "可以用的角色：{known}；只有经办可以写单位，例如 clerk:农业农村局；经办全部单位的只写 clerk。"


class LastAdministrator(Refusal):
    """Without an administrator nobody could ever be let in again."""

    code = "last-administrator"
    fault = Fault.PERSON
    sentence = "{login} 是最后一个管理员，没有办理。"
    advice = "请先给另一个人管理员的角色。"


class PasswordUnfit(Refusal):
    """A password that would be guessed."""

    code = "password-unfit"
    fault = Fault.PERSON
    sentence = "这个密码不能用：{why}。"
    advice = "请用至少 10 个字，几个不相干的词连起来最好记；不要用登录名、姓名或以前的密码。"


class LoginWrong(Refusal):
    """One sentence for an unknown name, a wrong password and a wrong code: a stranger learns nothing."""

    code = "login-wrong"
    fault = Fault.PERSON
    sentence = "登录名、密码或动态码不对。"
    advice = "请核对后再试；连错 5 次要等一段时间。忘了密码的，请管理员重设。"


class TriedTooOften(Refusal):
    """After five wrong tries everybody waits, also whoever has the right password."""

    code = "tried-too-often"
    fault = Fault.PERSON
    sentence = "试错的次数太多，请等 {minutes} 分钟再试。"
    advice = "急用的请管理员解除。"


class CodeWrong(Refusal):
    """A one-time code that is not this moment's, or was used."""

    code = "code-wrong"
    fault = Fault.PERSON
    sentence = "动态码不对，或者已经用过。"
    advice = "请等手机上换成下一个码再试；一直不对的，请核对手机和本机的时间。"


class LoginNeeded(Refusal):
    """No session, or one that has ended."""

    code = "login-needed"
    fault = Fault.PERSON
    sentence = "还没有登录，或者登录已经过期，这一步没有执行。"
    advice = "请重新登录，再办一次。"


class ActsBroken(Refusal):
    """The record of acts was changed behind the program's back."""

    code = "acts-broken"
    fault = Fault.MACHINE
    sentence = "办理记录从第 {no} 行起被改动过。"
    advice = "请保存这个文件，从备份核对，并查明是谁动过。"
