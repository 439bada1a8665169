"""Why a restored county may not go on yet (backups §4)."""

from __future__ import annotations

from boards.model.errors import Fault, Refusal


class NewestUnseen(Refusal):
    """Nobody showed what these logs became since."""

    code = "newest-unseen"
    fault = Fault.PERSON
    sentence = "没有见到这些村最后公布的检查点，不能接着发布，否则会分叉：{villages}。"
    advice = (
        "请用 --published 再指一处：公开网站、它的镜像，或该村一体机的 vault/events 目录（可用多次）；"
        "从来没有公布过的村，用 --unpublished 村名 写明。"
    )


class TrustUnseen(Refusal):
    """Nobody showed which versions of the trust files went out."""

    code = "trust-unseen"
    fault = Fault.PERSON
    sentence = "--published 给的地方都没有县里的信任文件（trust/），不知道备份之后换过哪一版。"
    advice = "请用 --published 再指一处有 trust/ 的副本：公开网站、它的镜像，或一体机的 vault/events 目录。"


class TrustGap(Refusal):
    """Somebody shows newer trust files, and nobody shows all that leads to them."""

    code = "trust-gap"
    fault = Fault.PERSON
    sentence = "--published 给的一处有更新的信任文件，可是接不上（{why}），不能按较旧的接着发布。"
    advice = (
        "请用 --published 再指别的一体机的 vault/events 或网站的镜像，由它补上；"
        "这一处确实不是本县的，请去掉它再运行。"
    )


class PublishedOlder(Refusal):
    """What was shown as newest is older than the backup."""

    code = "published-older"
    fault = Fault.PERSON
    sentence = "--published 给的地方比备份还旧，或者不是这个县的（{what}），看不出最后公布的是什么。"
    advice = "请换一处最新的：公开网站，或最近同步过的一体机。"


class PublishedForked(Refusal):
    """The backup holds what was never published so, or the other way round."""

    code = "published-forked"
    fault = Fault.COUNTY
    sentence = "{village} 备份里的记录与公布的不是同一份，不能接着发布。"
    advice = "请核对备份是不是这个县最近的一份；都没有错的，请保留两份并报告监督部门。"
