"""Words and rules of village disclosure: stdlib and msgspec, no disk, no network, no clock.

One word per thing, everywhere: table, address, template, test. A test holds this list and the code
together.

    batch              批次: one village, one programme, one period, one phase
    beneficiary        享受人: whom the subsidy is for
    by_programme       分项目金额
    department         主管部门
    digest             校验码: SHA-256 of what a sheet holds
    edition            第几版: a correction restates the batch as the next one
    fiscal_year        年度
    group              村民小组
    guide              申请指南
    holder             户主
    in_kind            实物补贴: things, not money
    in_words           大写金额
    left_out           未列入名单: count and sum of the rows that are not on the list
    mask               脱敏: how names and numbers are hidden
    office             受理单位、发放单位
    pack               县级资料包
    payee              收款人
    payout             补贴发放: one household's share of one subsidy
    period_no          期号
    phase              公示阶段: application 申报公示 or payment 发放结果
    posting            张贴
    programme          补贴项目
    quantity           面积、数量
    rate               补贴标准: yuan per unit
    retry_no           重发次数
    roster             花名册、清册
    sheet              公示表
    short_code         短码: 10 digits to type
    source_total_fen   县级发放总额
    stopped            停发
    supervision_phone  监督电话
    town               乡镇、街道
    village            村、社区, by its 12-digit code
    window             how long the screen keeps names: 本机可查到…
    posting term       公示期: the one deadline to object, 自张贴之日起N日
    withdrawn          撤回
"""
