# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M"], "part": "lesson"}
# # 05 大客户财务管理
#
# 销售额报得漂亮，年底一算没有赚到钱；货发出去了，款收不回来。本章回答三个问题：**花在这个客户身上的钱，换回了什么？它今年和明年会让我们赚多少？它欠的钱收得回来吗？**
#
# **学完本章，您能够**
#
# - 用费用编码管住 A&P：读懂编码，找出记错的费用；
# - 为一个客户做出独立的损益表，从标价一路看到经济利润，并与公司总账对上；
# - 每月追踪预算、承诺、预提和已付，按规则放行或停付，看清促销赚没赚回来，决定哪里减、哪里加；
# - 做出有区间的预估损益表，记下人工调整和理由，试算价格、条件和账期的变动；
# - 用衡量指标、推算和桥图说出计划执行得怎样，差在哪里；
# - 看懂账龄、应收账款周转天数和付款预警，定出信用额度，决定停不停货；
# - 算出第一大客户倒下要赔多少，并用理由一行一行地修正计划。
#
# | 时间 | 先备知识 | 需要准备 |
# |---|---|---|
# | 约 210 分钟 | 会看加减和百分比即可，不需要会计证书 | 一个客户编号（默认是示例公司的一家客户） |
#
# 可以分三次学完：管费用（4.M）约 80 分钟；预估与追踪（4.N 到 4.N.2）约 60 分钟；信用与修正（4.N.3 和 4.N.4）约 70 分钟。
#
# 全章始终围绕**一个客户**：下面参数里的 `account`。换成您负责的客户，重新运行，所有数字、图和习题都会换成它的。代码已经折叠，点一下左边的蓝条就能展开。

# %% [markdown] tags=["lang:en"]
# # 05 Key-account finance
#
# Sales look splendid, and at the end of the year nothing was earned; the goods are gone, and the money does not come. This chapter answers three questions: **what did we get for the money spent on this account? What will it earn us this year and next? Will it pay what it owes?**
#
# **After this chapter you can**
#
# - control A&P by expense codes: read a code, and find the expenses that are booked wrongly;
# - draw up a P&L of one account, from the list price down to the economic profit, that agrees with the company's books;
# - track budget, commitments, accruals and payments every month, let money pass or stop it by rule, see whether a promotion paid for itself, and decide where to cut and where to add;
# - draw up a forecast P&L with intervals, record changes by hand with their reasons, and try out changes of price, terms and days of payment;
# - say by measures, run rate and bridge how well the plan is executed, and where it falls short;
# - read ageing, DSO and the early signals of payment, set a credit limit, and decide whether to hold deliveries;
# - work out what it costs if the largest account fails, and revise the plan line by line with reasons.
#
# | Time | You should know | You need |
# |---|---|---|
# | about 210 minutes | adding, subtracting and percentages; no accountant's diploma | the id of an account (by default one of the sample company's) |
#
# It can be taken in three sittings: controlling expense (4.M) about 80 minutes; forecast and tracking (4.N to 4.N.2) about 60 minutes; credit and revision (4.N.3 and 4.N.4) about 70 minutes.
#
# The whole chapter follows **one account**: `account` in the parameters below. Put in an account of your own and run everything again: all figures, charts and exercises become its own. The code is folded away; click the blue bar on its left to open it.

# %% tags=["parameters"] kam={"course": [], "part": "set-up"}
account: str = "A001"  # classroom.help_account
workspace: str = "data/samples"  # classroom.help_workspace
as_of: str = ""  # classroom.help_as_of
lang: str = "zh"  # classroom.help_lang
batch: bool = False  # classroom.help_batch

# %% kam={"course": [], "part": "set-up"}
from kamtools import show
from kamtools.classroom import behind, colophon, cover, exercise, figures, fill, open_notebook, what_if_sliders

book = open_notebook(globals())

# %% kam={"course": ["4.M"], "part": "cover"}
cover(book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M"], "part": "heading"}
# ## 4.M 大客户 A&P 费用管控机制设计

# %% [markdown] tags=["lang:en"]
# ## 4.M Designing control of the account's A&P expense

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M"], "part": "lesson"}
# A&P（广告与促销费用）为什么要单独管？别的成本跟着货走：多卖一箱，多一箱的成本。A&P 是**先花后知道**的：钱已经答应了，发票三个月以后才来，换没换回销量，更晚才看得出来。
#
# **没有编码的费用，没有人能管。** 一套管控机制有 5 个环节，缺一个就漏：
#
# | 环节 | 问什么 | 靠什么 |
# |---|---|---|
# | 编码 | 这笔钱给谁、做什么、算谁的？ | 费用编码（4.M.1） |
# | 归集 | 它进了哪一本损益表？ | 客户独立的损益表（4.M.2） |
# | 预算 | 花之前，还剩多少？ | 预算、承诺、预提、已付（4.M.3） |
# | 放行 | 下一笔能不能花？ | 停付规则（4.M.3） |
# | 回报 | 花了换回什么？ | 促销损益和投入产出比（4.M.3） |
#
# 先看下面的预警：哪些客户的钱，现在就要看一眼。

# %% [markdown] tags=["lang:en"]
# Why does A&P (advertising and promotion) need a control of its own? Other costs follow the goods: one more case, the cost of one more case. A&P is **spent first and known later**: the money is promised, the invoice comes three months on, and whether it brought any volume shows later still.
#
# **What has no code, nobody can steer.** A control has 5 links, and leaks where one is missing:
#
# | Link | What it asks | What it rests on |
# |---|---|---|
# | Code | For whom, for what, on whose account? | the expense code (4.M.1) |
# | Assignment | Into whose P&L does it go? | the account's own P&L (4.M.2) |
# | Budget | What is left before it is spent? | budget, committed, accrued, actual (4.M.3) |
# | Release | May the next amount be spent? | stop rules (4.M.3) |
# | Return | What did it bring? | the promotion's P&L and return (4.M.3) |
#
# Look at the alarms first: whose money needs a look today.

# %% kam={"course": ["4.M"], "part": "analysis"}
show.tables.alarms(book.portfolio.money.alarms, book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M"], "part": "lesson"}
# **口径。** 全章的损益表不含增值税，扣减项写成负数；控制表里的费用写成正数，方便和预算比。应收账款含税。每张表下面都写明。
#
# **局限。** 管控管得住“花多少”，管不住“该不该花”：那要看回报，还要看战略。只管总额的公司，最后砍掉的往往是最有用、又最容易砍的那一笔。
#
# **动手（没有标准答案）。** 您的公司今天靠什么管？

# %% [markdown] tags=["lang:en"]
# **Conventions.** In this chapter the P&L is without VAT and deductions are negative; in the control table expenses are positive, to be set against the budget. Receivables are with VAT. It stands under every table.
#
# **Limits.** Control decides how much is spent and not whether it should be: that takes the return, and the strategy. A company that controls the total alone ends up cutting what is most useful and easiest to cut.
#
# **Your turn (no answer is right or wrong).** What does your company rely on today?

# %% kam={"course": ["4.M"], "part": "exercise"}
exercise("4.M.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.1"], "part": "heading"}
# ## 4.M.1 费用编码

# %% [markdown] tags=["lang:en"]
# ## 4.M.1 Expense coding

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.1"], "part": "lesson"}
# **方法。** 编码就是一句话，写成 7 段。以 `26-A001-B01-TP-DM-001-2` 为例：
#
# | 段 | 例子 | 意思 |
# |---|---|---|
# | 年度 | 26 | 2026 财年的预算 |
# | 客户 | A001 | 花在哪个客户身上 |
# | 品牌 | B01 | 为哪个品牌 |
# | 活动 | TP | 贸易促销，决定进损益表的哪一行 |
# | 类型 | DM | 海报，活动下面的细类 |
# | 流水号 | 001 | 这个客户当年的第几笔 |
# | 校验位 | 2 | 由前面的字符算出来，抄错一位多半就对不上 |
#
# 公司的**编码树**（有哪些活动、每个活动下面有哪些类型、各进损益表的哪一行）写在 `settings.yml` 的 `finance.activities` 里：活动决定行，类型决定怎么比。

# %% [markdown] tags=["lang:en"]
# **Method.** A code is a sentence in 7 parts. Take `26-A001-B01-TP-DM-001-2`:
#
# | Part | Example | Meaning |
# |---|---|---|
# | Year | 26 | budget of the fiscal year 2026 |
# | Account | A001 | on which account it is spent |
# | Brand | B01 | for which brand |
# | Activity | TP | trade promotion; decides the line of the P&L |
# | Kind | DM | a leaflet; a kind within the activity |
# | Sequence | 001 | its number within account and year |
# | Check digit | 2 | worked out from the characters before; a slip of one mostly shows |
#
# The company's **code tree** (which activities there are, their kinds, and the line of the P&L of each) stands in `settings.yml` under `finance.activities`: the activity decides the line, the kind what is compared with what.

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.1"], "part": "lesson"}
# **查错。** 系统把每一笔费用的编码和单据本身对照：客户、品牌、年度、科目、校验位、流水号重复。对不上的列在下面，并给出**最可能的正确编码**；哪几段是推测的，也写出来。
#
# 记错编码的后果是双份的：一个客户看上去很省，另一个看上去很费，两个结论都错。

# %% [markdown] tags=["lang:en"]
# **Finding mistakes.** The code of each booking is compared with the booking itself: account, brand, year, line, check digit, numbers used twice. What does not agree is listed below, with **the code that is likely right**; the parts that were guessed are named.
#
# A wrong code does its damage twice: one account looks thrifty, another wasteful, and both verdicts are wrong.

# %% kam={"course": ["4.M.1"], "part": "analysis"}
show.findings.codes(book.money.codes, book.context)

# %% kam={"course": ["4.M.1"], "part": "analysis"}
show.tables.expense_codes(book.money.codes, book.context)

# %% kam={"course": ["4.M.1"], "part": "golden"}
figures(book, "4.M.1")

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.1"], "part": "lesson"}
# **怎么办。** 开工之前先编码：把这个客户今年要做的活动填进下面的表格，一行一个，写明类型、预算、月份、负责人和它服务的策略。说不出服务哪条策略的活动，先别批。
#
# **局限。** 校验位抓得住抄错，抓不住故意选错的活动。每月抽几笔大额的，对着单据看一眼。

# %% [markdown] tags=["lang:en"]
# **What to do.** Code before you start: enter the activities of this account for the year in the form below, one a line, each with kind, budget, months, owner and the strategy that it serves. An activity that serves none is not agreed to yet.
#
# **Limits.** A check digit catches slips and no activity that was chosen wrongly on purpose. Take a few large bookings every month and look at the vouchers.

# %% kam={"course": ["4.M.1", "4.M"], "part": "form"}
fill("expense_code", book)

# %% kam={"course": ["4.M.1"], "part": "exercise"}
exercise("4.M.1.x1", book)

# %% kam={"course": ["4.M.1"], "part": "exercise"}
exercise("4.M.1.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.2"], "part": "heading"}
# ## 4.M.2 独立的损益表

# %% [markdown] tags=["lang:en"]
# ## 4.M.2 A separate profit and loss statement

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.2"], "part": "lesson"}
# **方法。** 每个大客户有自己的损益表，就像一家小公司：
#
# $$\text{标价销售额} - \text{票面折扣} - \text{返利与促销扣款} = \text{净销售额}$$
#
# $$\text{净销售额} - \text{产品成本} - \text{消费者促销} - \text{A\&P} - \text{服务成本} = \text{贡献}$$
#
# $$\text{贡献} - \text{应收账款的资金成本} - \text{寄售库存的资金成本} = \text{经济利润}$$
#
# 贡献说的是卖这些货赚多少；经济利润再减去**垫给客户的钱**的成本。账期长的客户，常常贡献是正的，经济利润是负的。

# %% [markdown] tags=["lang:en"]
# **Method.** Each key account has a P&L of its own, like a small company:
#
# $$\text{list sales} - \text{on invoice} - \text{off invoice} = \text{net sales}$$
#
# $$\text{net sales} - \text{cost of goods} - \text{consumer promotion} - \text{A\&P} - \text{cost to serve} = \text{contribution}$$
#
# $$\text{contribution} - \text{capital in receivables} - \text{capital in consigned stock} = \text{economic profit}$$
#
# The contribution says what is earned on the goods; the economic profit takes off what the **money lent to the account** costs. An account with long terms often has the one above zero and the other below.

# %% kam={"course": ["4.M.2"], "part": "analysis"}
show.charts.statement(book.money.statements["ytd"], book.context);

# %% kam={"course": ["4.M.2"], "part": "analysis"}
show.findings.statement(book.money.statements["ytd"], book.context)

# %% kam={"course": ["4.M.2"], "part": "analysis"}
show.tables.statement(book.money.statements["ytd"], book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.2"], "part": "lesson"}
# **口径。**
#
# - 差异 = 实际 − 预算；扣减项是负数，所以正的差异总是好事；
# - 一段时间只和预算、去年的**同样几个月**相比，不拿十个月比十二个月；
# - 资金成本 = 月初、月末平均余额 × 年资金成本率 ÷ 12；应收含税，因为垫出去的就是含税的钱；
# - 没有记录的行写缺，不当作 0；总部费用不摊。
#
# 下面是同一张表的**本月**和**本季至今**。月度看异常，季度看方向，本年至今看结果。

# %% [markdown] tags=["lang:en"]
# **Conventions.**
#
# - variance = actual − budget; deductions are negative, so a positive variance is always good;
# - a span is compared with **the same months** of budget and last year, never ten months with twelve;
# - cost of capital = mean of the balances at the two month ends × yearly rate ÷ 12; receivables with VAT, as that is the money lent;
# - a line that is not recorded is missing and not 0; head-office cost is not spread.
#
# Below, the same statement for the **month** and the **quarter to date**. Look at the month for what is odd, at the quarter for direction, at the year to date for the result.

# %% kam={"course": ["4.M.2"], "part": "analysis"}
show.tables.statement(book.money.statements["month"], book.context)

# %% kam={"course": ["4.M.2"], "part": "analysis"}
show.tables.statement(book.money.statements["quarter"], book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.2"], "part": "lesson"}
# **对得上吗？** 所有客户的损益表加起来，再加上分不到客户的，必须等于公司总账；总账是单独算的，不是加出来的。差额一栏不是零，先把那一行和差额交给财务查清；查清之前，这一章的任何结论都不要用。

# %% [markdown] tags=["lang:en"]
# **Does it agree?** The P&Ls of all accounts and what cannot be attributed must make the company's; and the company's is reckoned by itself, not added up. Where a difference is not nil, give that line and its difference to finance; until it is explained, use no conclusion of this chapter.

# %% kam={"course": ["4.M.2"], "part": "analysis"}
show.findings.reconciliation(book.portfolio.money.reconciliation, book.context)

# %% kam={"course": ["4.M.2"], "part": "analysis"}
show.tables.reconciliation(book.portfolio.money.reconciliation, book.context)

# %% kam={"course": ["4.M.2"], "part": "golden"}
figures(book, "4.M.2")

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.2"], "part": "lesson"}
# **往下查。** 哪一行不对劲，就看它背后的每一笔：在下面选一行、选一个月。费用行列出每一笔费用和它的编码，销售行列出发票行，服务成本列出用量；小计请看它的组成行。表下面的合计，应当等于损益表里的数。
#
# **局限。** 服务成本 = 用量 × 单价，单价是公司定的标准，不是发票；单价一年至少复核一次。

# %% [markdown] tags=["lang:en"]
# **Look behind a line.** Where a line looks odd, read its rows: choose a line and a month below. Lines of expense list each booking with its code, lines of sales the invoice lines, cost to serve the quantities; for a subtotal look at its parts. The sum below the table should be the figure in the P&L.
#
# **Limits.** Cost to serve = quantity × rate, and the rate is a standard that the company sets, no invoice; check the rates once a year at least.

# %% kam={"course": ["4.M.2"], "part": "explore"}
behind(book)

# %% kam={"course": ["4.M.2"], "part": "exercise"}
exercise("4.M.2.x1", book)

# %% kam={"course": ["4.M.2"], "part": "exercise"}
exercise("4.M.2.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.3"], "part": "heading"}
# ## 4.M.3 每月的追踪、控制与改善

# %% [markdown] tags=["lang:en"]
# ## 4.M.3 Monthly tracking, control and improvement

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.3"], "part": "lesson"}
# **第一步：还剩多少？** 花掉的钱有三种样子，只看已付，会把同一笔钱花两次：
#
# $$\text{剩余} = \text{预算} - \text{已付} - \text{已承诺} - \text{已预提}$$
#
# - **承诺**：答应了客户，活动还没做；
# - **预提**：活动做了，发票没到，先估进账里；
# - **已付**：发票到了，账结了。

# %% [markdown] tags=["lang:en"]
# **Step one: what is left?** Money that is gone has three shapes; whoever sees payments alone spends the same money twice:
#
# $$\text{remaining} = \text{budget} - \text{paid} - \text{committed} - \text{accrued}$$
#
# - **committed**: promised to the account, not done yet;
# - **accrued**: done, with the invoice to come, and put into the books as an estimate;
# - **paid**: invoiced and settled.

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.charts.burn(book.money.burn, book.context);

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.findings.control(book.money.control, book.context, book.money.roll)

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.tables.control(book.money.control, book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.3"], "part": "lesson"}
# **停付规则。** 规则写在 `settings.yml` 的 `finance.stop` 里，从上往下，先碰到哪条算哪条：
#
# | 情形 | 状态 |
# |---|---|
# | 没有预算就花了，或者预算用完 | 停 |
# | 快用完、预计全年会超、用得比进度快 | 提醒，先说明再花 |
# | 都不是 | 放行 |
#
# 例外可以有，但要有人签字、写理由、定日期；没有记录的例外，就是没有规则。
#
# **预提要滚动。** 期初 + 新提 − 核销 − 冲回 = 期末。期末一直不降，说明有活动早做完了、没人去结；期末变成负数，说明付的比提的多，当初估少了。

# %% [markdown] tags=["lang:en"]
# **Stop rules.** They stand in `settings.yml` under `finance.stop`; from the top, the first that holds:
#
# | Case | Status |
# |---|---|
# | spent without a budget, or the budget is used up | stop |
# | nearly used up, forecast to go over, or ahead of the plan | warning: explain first, then spend |
# | none of these | go |
#
# There may be exceptions, signed, with a reason and a date; an exception that is not recorded is the end of the rule.
#
# **Accruals roll forward.** Opening + accrued − settled − reversed = closing. A closing balance that never falls means activities long done that nobody settled; one below zero means that more was paid than accrued: the estimate was too low.

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.tables.roll(book.money.roll, book.context)

# %% kam={"course": ["4.M.3"], "part": "exercise"}
exercise("4.M.3.x1", book)

# %% kam={"course": ["4.M.3"], "part": "exercise"}
exercise("4.M.3.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.3"], "part": "lesson"}
# **第二步：促销赚回来了没有？** 促销期的销量不等于促销带来的销量：
#
# $$\text{净增量} = \text{实销} - \text{基线} - \text{抢了自家其他产品} - \text{提前买走}$$
#
# - **基线**：没有促销也会卖多少；这里用去年同月的销量，再乘促销前（最多十二个月）的销量同比；去年同月也做过促销的，系统会提醒；
# - **抢了自家其他产品**：同一客户的其他品类少卖的；
# - **提前买走**：促销后那个月少买的，也就是囤货。
#
# **投入产出比有两种口径，别混着比**：增量利润 ÷ 花费，1 为保本；（增量利润 − 花费）÷ 花费，0 为保本。花费包括固定费用和每一件的降价。

# %% [markdown] tags=["lang:en"]
# **Step two: did the promotion pay for itself?** What was sold during a promotion is not what it brought:
#
# $$\text{net lift} = \text{sold} - \text{baseline} - \text{cannibalised} - \text{forward-bought}$$
#
# - **baseline**: what would have been sold without it; here the units of the same months of last year, times the growth of units over up to twelve months before, on the year; a promotion in last year's months is pointed out;
# - **cannibalised**: what other categories of the same account lost;
# - **forward-bought**: what is missing in the month after, that is, stock taken early.
#
# **The return has two conventions; never compare one with the other**: incremental profit ÷ spend, where 1 is break-even; (incremental profit − spend) ÷ spend, where 0 is break-even. The spend holds the fixed part and the price cut of every unit.

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.charts.promotion(next(iter(book.money.promotions), None), book.context);

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.findings.promotions(book.money.promotions, book.context)

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.tables.promotions(book.money.promotions, book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.3"], "part": "lesson"}
# **谈之前先算保本线。** 降价 $d$，单件利润 $m$，固定费用 $F$，基线 $Q_0$，要多卖这么多才保本：
#
# $$\Delta Q = \frac{F + d \cdot Q_0}{m - d}$$
#
# 单件赚 4 元、降价 1 元、没有固定费用，要多卖三分之一；降价 2 元，就要多卖一倍。
#
# **局限。** 结论要看偶然波动：净增量和保本线的差距在两个标准差以内，就写“说不准”，不写成功也不写失败。

# %% [markdown] tags=["lang:en"]
# **Work out the break-even before you talk.** With a price cut $d$, a unit profit $m$, a fixed cost $F$ and a baseline $Q_0$, so many more units have to be sold:
#
# $$\Delta Q = \frac{F + d \cdot Q_0}{m - d}$$
#
# With 4 earned on a unit, a cut of 1 and no fixed cost, a third more has to be sold; with a cut of 2, as much again.
#
# **Limits.** Mind chance: where the net lift and the break-even are within two standard deviations of each other the verdict is "undecided", neither success nor failure.

# %% kam={"course": ["4.M.3"], "part": "exercise"}
exercise("4.M.3.x3", book)

# %% kam={"course": ["4.M.3"], "part": "exercise"}
exercise("4.M.3.x4", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.3"], "part": "lesson"}
# **第三步：哪里减，哪里加？** 先看全体客户：谁的费用率升了，销售却没有跟上。图上，右边是费用率升得多的，下面是销售没有长的；右下角就是“花了没有用”的。
#
# 再看自己：每一项花费按回报排队。回报低于减线的先减，高于加线的才加（两条线写在 `settings.yml` 的 `finance` 里：`cut_below` 和 `add_above`，请管数据的同事查）；有边际回报（多花的那一元换回多少）就看边际，没有才看平均。

# %% [markdown] tags=["lang:en"]
# **Step three: where to cut, where to add?** First all accounts: whose spending rate rose without sales following. On the chart, those whose rate rose stand right, those whose sales did not grow stand low; bottom right is money spent for nothing.
#
# Then your own: each spend ranked by its return. Below the line for cutting it is cut first, above the line for adding only is it raised (both stand in `settings.yml` under `finance`: `cut_below` and `add_above`; ask whoever keeps the data); where the marginal return is known (what the money added last brought) it decides, else the average.

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.charts.lift(book.portfolio.money.lift, book.context);

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.findings.returns(book.money.returns, book.context, book.money.lift, book.money.promotions)

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.tables.returns(book.money.returns, book.context, book.money.promotions)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M.3"], "part": "lesson"}
# **第四步：关账和重述。** 月报发出去以后，数字还在变：发票晚到、编码改了、返利补提。办法是**关账**：请管账的同事在终端里运行 `kam close 2026-10 --workspace 工作区` 把这个月的数字锁住。以后再补记的不改旧数，而是作为**重述**列出来：锁定的是多少、现在是多少、差在哪一笔；`kam restate` 列出所有客户的。
#
# **怎么读。** 总是同一行、同一个方向在重述，就是预提一直估少了；偶尔一次，问单据为什么晚到。

# %% [markdown] tags=["lang:en"]
# **Step four: closing and restating.** After the monthly report is out, figures go on moving: an invoice comes late, a code is corrected, a rebate accrued afterwards. The way is to **close** the month: whoever keeps the books runs in a terminal `kam close 2026-10 --workspace WORKSPACE`, which locks its figures. What is posted later does not change them; it is shown as a **restatement**: what was locked, what it is now, which booking made the difference; `kam restate` lists all accounts.
#
# **How to read it.** Always the same line in the same direction means accruals that are always too low; now and then, ask why the voucher came late.

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.findings.restatement(book.money.restatement, book.context, book.money.late)

# %% kam={"course": ["4.M.3"], "part": "analysis"}
show.tables.restatement(book.money.restatement, book.context, book.money.late)

# %% kam={"course": ["4.M.3"], "part": "golden"}
figures(book, "4.M.3")

# %% kam={"course": ["4.M.3"], "part": "exercise"}
exercise("4.M.3.x5", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N"], "part": "heading"}
# ## 4.N 财务管理：大客户独立预估损益表的制订

# %% [markdown] tags=["lang:en"]
# ## 4.N Financial management: the account's own forecast P&L

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N"], "part": "lesson"}
# **方法。** 预估损益表 = 已实现的月份 + 其余月份的预测。销售额的预测有三层：
#
# 1. **统计预测**：从这个客户自己的历史来，季节和春节的移动都算在内，不掺愿望；
# 2. **区间**：点预测几乎一定不准，所以给下限和上限；
# 3. **人工调整**：您知道而数据不知道的事（新店、涨价、换采购），写明月份、金额或倍数、理由和提出的人，加在上面，不盖掉原来的数。
#
# 返利和费用按月份入账，所以未来月份按预算（没有预算的，按去年同月占开票销售额的比例）；其他各行按最近 12 个月占开票销售额的比例推算。这是约定，知道会变的，用调整写出来。

# %% [markdown] tags=["lang:en"]
# **Method.** The forecast P&L = the months that are over + the forecast of the rest. The forecast of sales has three layers:
#
# 1. **the statistical forecast**: from the account's own history, seasons and the moving Spring Festival included, and no wishes;
# 2. **the interval**: a single figure is almost certainly wrong, so there is a low and a high end;
# 3. **changes by hand**: what you know and the data do not (a new store, a price rise, another buyer), with month, amount or factor, reason and who said so; they are added on top and never cover what was there.
#
# Trade money is booked by the calendar, so the months ahead have it as budgeted (without a budget: at its share of invoiced sales in the same month of last year); all other lines are taken at their share of invoiced sales over the last 12 months. This is a convention; what you know will change goes into the changes by hand.

# %% kam={"course": ["4.N"], "part": "analysis"}
show.charts.forecast(book.money.forecast, book.context);

# %% kam={"course": ["4.N"], "part": "analysis"}
show.findings.forecast(book.money.forecast, book.context)

# %% kam={"course": ["4.N"], "part": "analysis"}
show.tables.forecast(book.money.forecast, book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N"], "part": "lesson"}
# **区间怎么读。** 覆盖率 80% 的意思是：很多个月、很多家客户算下来，实际大约有 80% 落在区间里，20% 落在外面。某一个月落在外面不是模型坏了；长期有一半落在外面，才是。
#
# **历史太短就不算。** 不到 24 个完整月份、中间缺月、一半或更多的月份没有销售，或者已经停购，系统会说明原因，不硬给一个数。这时用合同、订单和同类客户来估，写进调整。
#
# **怎么办。** 在下面的表格里写下您的调整和理由，重新运行，图上就多出一条线。年底再来看：您的调整让预测更准了，还是更乐观了？

# %% [markdown] tags=["lang:en"]
# **How to read the interval.** A coverage of 80% means: over many months and many accounts, about 80% of what happens lies inside and 20% outside. One month outside does not break the model; half of them outside, for long, does.
#
# **Too short a history gets no figure.** With fewer than 24 whole months, a month missing, half of the months or more without sales, or an account that has stopped buying, the system says so and forces nothing. Then estimate from contracts, orders and like accounts, and write it down as a change by hand.
#
# **What to do.** Write your changes and reasons into the form below and run again; the chart gains a line. Come back at the end of the year: did your changes make the forecast better, or only more hopeful?

# %% kam={"course": ["4.N", "4.N.4"], "part": "form"}
fill("revision", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N"], "part": "lesson"}
# **全年展望。** 已实现的月份加上其余月份的预测，和预算、最新预估、去年并排。注意“实际”一栏里有几个月是预测，表下面写着。

# %% [markdown] tags=["lang:en"]
# **The full-year outlook.** The months that are over and the forecast of the rest, beside budget, latest estimate and last year. Mind how many months in the column "actual" are forecast: it stands under the table.

# %% kam={"course": ["4.N"], "part": "analysis"}
show.charts.statement(book.money.statements["year"], book.context);

# %% kam={"course": ["4.N"], "part": "analysis"}
show.tables.statement(book.money.statements["year"], book.context)

# %% kam={"course": ["4.N"], "part": "golden"}
figures(book, "4.N")

# %% kam={"course": ["4.N"], "part": "exercise"}
exercise("4.N.x1", book)

# %% kam={"course": ["4.N"], "part": "exercise"}
exercise("4.N.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N"], "part": "lesson"}
# **假设分析：拖动五个滑块。** 价格、条件、A&P、服务成本、付款天数，动哪一个，整张损益表一起动。以最近 12 个完整月份为底，**销量不变**；折扣和返利随价格走，应收账款含税。
#
# **盈亏平衡销量**回答“敢不敢谈”：涨价以后，销量掉多少，经济利润才和原来一样？掉得比这少，就值得涨；反过来，多给条件，要多卖多少才补得回来？

# %% [markdown] tags=["lang:en"]
# **What if: move the five sliders.** Price, terms, A&P, cost to serve, days of payment: move any of them, and the whole P&L moves. It stands on the last 12 whole months with **volume unchanged**; discounts and rebates follow the price, receivables are with VAT.
#
# The **break-even volume** tells whether you dare: after a price rise, how much volume may be lost before the economic profit is what it was? If you lose less, the rise is worth it; and if you give more terms, how much more has to be sold to make up for it?

# %% kam={"course": ["4.N"], "part": "explore"}
what_if_sliders(book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N"], "part": "lesson"}
# 下面是一个固定的例子，也会印进客户档案册：**价格提高 1%，其余不变**。价格的 1% 多半比销量的 1% 值钱，因为它不带产品成本。

# %% [markdown] tags=["lang:en"]
# Below is one fixed example, which is printed in the account's book too: **prices up by 1%, all else unchanged**. As a rule 1% of price is worth more than 1% of volume, since no cost of goods comes with it.

# %% kam={"course": ["4.N"], "part": "analysis"}
show.findings.what_if(book.money.what_if(price=0.01), book.context)

# %% kam={"course": ["4.N"], "part": "analysis"}
show.tables.what_if(book.money.what_if(price=0.01), book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N"], "part": "lesson"}
# **局限。** 滑块不知道客户会怎么反应：它只算账，不猜销量。A&P 减到零，账面上最好看，第二年的销售额却不在这张表里。

# %% [markdown] tags=["lang:en"]
# **Limits.** The sliders do not know how the account will react: they reckon and do not guess volume. With A&P at nil the P&L looks its best, and next year's sales are not on it.

# %% kam={"course": ["4.N"], "part": "exercise"}
exercise("4.N.x3", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.1"], "part": "heading"}
# ## 4.N.1 确认 OGSM 的执行到位与否

# %% [markdown] tags=["lang:en"]
# ## 4.N.1 Is the OGSM being executed?

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.1"], "part": "lesson"}
# OGSM 把计划写成目的、目标、策略和衡量指标；执行到位没有，看的是最后一个字母 M。**这里先说清楚：客户计划本身（OGSM 表）在“制定战略和计划”一章里填写；在那之前，本节的目标取自预算和 `settings.yml`。** 等计划填好，指标换成计划里的，读法不变。
#
# $$\text{达成率} = \frac{\text{实际}}{\text{目标}}$$
#
# 越高越好的指标，直接看达成率；越低越好的（费用、天数），看 2 减达成率：超 10% 就是 0.9。绿灯和黄灯的分界线写在 `finance.bands` 里。

# %% [markdown] tags=["lang:en"]
# An OGSM writes a plan as objective, goals, strategies and measures; whether it is executed shows in the last letter, M. **To say it plainly: the plan itself (the OGSM form) comes with the chapter on strategy and plan; until then the targets of this section are read from the budget and from `settings.yml`.** Once the plan is there its measures take their place, and are read in the same way.
#
# $$\text{attainment} = \frac{\text{actual}}{\text{target}}$$
#
# Where higher is better the attainment itself counts; where lower is better (expense, days) it is 2 less the attainment: 10% over is 0.9. The limits of green and amber stand under `finance.bands`.

# %% kam={"course": ["4.N.1"], "part": "analysis"}
show.findings.measures(book.money.measures, book.context, book.money.run_rate)

# %% kam={"course": ["4.N.1"], "part": "analysis"}
show.tables.measures(book.money.measures, book.context)

# %% kam={"course": ["4.N.1"], "part": "golden"}
figures(book, "4.N.1")

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.1"], "part": "lesson"}
# **怎么办。** 没有目标的指标先补目标，不要当作绿灯；红灯不要先找理由，先找那一行的负责人。一个指标连续两个季度没有人拿数字来，就从计划里删掉，或者换一个有人管的。
#
# **局限。** 达成率 100% 也可能是目标定低了；看它和去年、和市场比怎么样。

# %% [markdown] tags=["lang:en"]
# **What to do.** A measure without a target needs one, and is not green; for a red one, look first for the owner of that line and not for excuses. A measure that nobody feeds for two quarters is struck from the plan, or replaced by one with an owner.
#
# **Limits.** An attainment of 100% may also mean a low target; set it against last year and the market.

# %% kam={"course": ["4.N.1"], "part": "exercise"}
exercise("4.N.1.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.2"], "part": "heading"}
# ## 4.N.2 每月（至少每季）的效果追踪与评估

# %% [markdown] tags=["lang:en"]
# ## 4.N.2 Monthly (at least quarterly) tracking and evaluation of effect

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.2"], "part": "lesson"}
# 每月一页，三个问题：**到哪里了？照这样到年底是多少？差在哪一步？**
#
# - **达成率**：上一节的表；
# - **推算**（run rate）：本年至今 ÷ 去年同期占全年的比重；没有完整的去年，就用 ÷ 已过月数 × 12，旺季没到时会偏低；
# - **桥图**：从计划贡献走到实际贡献，每一步一个原因，加起来正好等于差额：
#
# $$\text{价格} = \sum (P_1 - P_0)\, Q_1 \qquad \text{销量} = \Big(\sum Q_1 - \sum Q_0\Big)\, \bar{P}_0$$
#
# 剩下的是结构、新增和失去的品类、交易条款、产品成本、A&P、服务成本。

# %% [markdown] tags=["lang:en"]
# One page a month, three questions: **where do we stand? where will the year end if it goes on like this? at which step did we lose?**
#
# - **attainment**: the table of the section before;
# - **run rate**: year to date ÷ the part of last year's total that fell into the same months; without a whole last year, ÷ months × 12, which is too low before the season;
# - **the bridge**: from the planned to the actual contribution, one reason a step, adding up to the difference exactly:
#
# $$\text{price} = \sum (P_1 - P_0)\, Q_1 \qquad \text{volume} = \Big(\sum Q_1 - \sum Q_0\Big)\, \bar{P}_0$$
#
# The rest is mix, categories new and lost, terms, cost of goods, A&P, cost to serve.

# %% kam={"course": ["4.N.2"], "part": "analysis"}
show.charts.plan_bridge(book.money.bridge, book.context);

# %% kam={"course": ["4.N.2"], "part": "analysis"}
show.findings.bridge(book.money.bridge, book.context)

# %% kam={"course": ["4.N.2"], "part": "golden"}
figures(book, "4.N.2")

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.2"], "part": "lesson"}
# **怎么办。** 把回顾写成一页：每个红灯写原因、措施、负责人和日期；再写一件做对了、要继续的事，一件要停的事。下个月开会，先看上个月那一页。
#
# **局限。** 桥图说的是“差在哪一步”，不是“谁的错”：计划的价格定错了，也会画成价格一步的损失。

# %% [markdown] tags=["lang:en"]
# **What to do.** Make the review one page: for each red light the cause, the action, the owner and the date; then one thing that worked and goes on, and one that stops. Next month's meeting begins with this page.
#
# **Limits.** The bridge says at which step and not whose fault: a price that was planned wrongly is drawn as a loss on the price step too.

# %% kam={"course": ["4.N.2", "4.N.1"], "part": "form"}
fill("review", book)

# %% kam={"course": ["4.N.2"], "part": "exercise"}
exercise("4.N.2.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.3"], "part": "heading"}
# ## 4.N.3 还款信用状况

# %% [markdown] tags=["lang:en"]
# ## 4.N.3 Repayment and credit standing

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.3"], "part": "lesson"}
# 卖出去不算数，收回来才算。**账龄**把欠款按时间排开：未到期、1–30 天、31–60 天、61–90 天、91 天以上。从哪一天数起有两种，一定要写明：
#
# - **按到期日**：数的是拖了几天；
# - **按开票日**：数的是欠了几天，账期也算在里面。
#
# 还没有核销的贷项是负数，单独一栏；各档相加，正好等于未结总额。

# %% [markdown] tags=["lang:en"]
# A sale counts once the money is in. **Ageing** lays what is owed out in time: not due, 1–30 days, 31–60, 61–90, 91 and more. There are two days to count from, and it must be said which:
#
# - **by due date**: how long it is late;
# - **by invoice date**: how long it is owed, terms included.
#
# Credits not applied yet are negative and stand in a column of their own; the buckets add up to the open amount.

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.charts.ageing(book.money.credit, book.context);

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.tables.ageing_all(book.portfolio.money.ageing, book.context, book.portfolio.money.exposure)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.3"], "part": "lesson"}
# **应收账款周转天数（DSO），三种算法**：
#
# | 算法 | 公式 | 说明什么 |
# |---|---|---|
# | 简单法 | 未结 ÷ 最近 12 个月销售 × 天数 | 好比较，但旺季过后会显得高 |
# | 倒推法 | 用未结额从最近的月份往回抵 | 不受淡旺季影响 |
# | 最佳值 | 只拿未到期的部分来算 | 人人准时付款时的下限 |
#
# 简单法减最佳值 = **拖欠天数**：这一段才是催得回来的，账期那一段要靠谈。
#
# **口径：两边都要含税。** 应收含 13% 的增值税，销售额通常不含。忘了这一步，DSO 就虚高 13%：实际 60 天，会算成将近 68 天，您会去催一个并没有拖欠的客户。

# %% [markdown] tags=["lang:en"]
# **Days of sales outstanding (DSO), three ways**:
#
# | Way | Formula | What it tells |
# |---|---|---|
# | simple | open ÷ sales of the last 12 months × days | easy to compare, too high after a season |
# | count-back | use the open amount up against the latest months | not moved by seasons |
# | best possible | only what is not due yet | the floor if everybody paid on time |
#
# Simple less best possible = **days delinquent**: only these can be collected; the terms have to be negotiated.
#
# **Convention: VAT on both sides.** Receivables are with 13% VAT, sales mostly without. Forget it, and DSO is 13% too high: a true 60 days come out as nearly 68, and you press an account that is not late at all.

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.findings.credit(book.money.credit, book.context)

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.tables.credit(book.money.credit, book.context)

# %% kam={"course": ["4.N.3"], "part": "golden"}
figures(book, "4.N.3")

# %% kam={"course": ["4.N.3"], "part": "exercise"}
exercise("4.N.3.x1", book)

# %% kam={"course": ["4.N.3"], "part": "exercise"}
exercise("4.N.3.x2", book)

# %% kam={"course": ["4.N.3"], "part": "exercise"}
exercise("4.N.3.x3", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.3"], "part": "lesson"}
# **付款习惯和它的断点。** 每个客户有自己的习惯：有的总晚 5 天，不要紧；总晚 5 天的变成晚 15 天，才要紧。系统拿它和**它自己的过去**比，超过惯常的波动才报。
#
# 断点之前常有**早期信号**：付款越来越晚、逾期占比上升、只付一部分、销售在涨而付款在慢、额度快用完。最后一个是停止付款，那时已经晚了。图上标着每个信号**最早在哪个月底看得出来**。

# %% [markdown] tags=["lang:en"]
# **How it pays, and where that breaks.** Each account has its habit: one is always 5 days late, and it does not matter; once the 5 days become 15, it does. The system compares it with **its own past**, and reports only what goes beyond its usual ups and downs.
#
# **Early signals** often come first: paying later and later, a rising share overdue, payments in part, sales that rise while payments slow, a limit nearly used up. The last is that payments stop, and then it is late. The chart shows at **which month end each signal could first be seen**.

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.charts.payment(book.money.credit, book.context);

# %% kam={"course": ["4.N.3"], "part": "exercise"}
exercise("4.N.3.x4", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.3"], "part": "lesson"}
# **给多少额度？** 取几条规则里最低的一个：账期内需要多少（年销售额含税 × 账期 ÷ 365）、对方净资产的一部分、我们销售额的一部分。
#
# **财务报表怎么看。** Altman 的 Z 值把 5 个比率合成一个数，上市、非上市、非制造业各有自己的系数和界线，不能混用：
#
# $$Z = 1.2X_1 + 1.4X_2 + 3.3X_3 + 0.6X_4 + 1.0X_5$$
#
# 这是上市公司的系数：低于 1.81 是危险区，高于 2.99 是安全区，中间说不准。
#
# **风险敞口**不只是应收：已发货没开票的、在手订单也在里面，减去保险。敞口超过额度，或者逾期超过容忍范围，就**停货**。

# %% [markdown] tags=["lang:en"]
# **How much of a limit?** The lowest of several rules: what the terms need (yearly sales with VAT × terms ÷ 365), a part of the account's net worth, a part of our own sales.
#
# **Reading its accounts.** Altman's Z makes one figure of 5 ratios; listed companies, others, and those that do not manufacture have coefficients and limits of their own, which must not be mixed:
#
# $$Z = 1.2X_1 + 1.4X_2 + 3.3X_3 + 0.6X_4 + 1.0X_5$$
#
# These are the coefficients of listed companies: below 1.81 is distress, above 2.99 is safe, in between it is uncertain.
#
# **Exposure** is more than receivables: goods delivered and not billed and open orders belong to it, less what is insured. Exposure above the limit, or overdue above the tolerance, **holds deliveries**.

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.charts.credit_limit(book.money.credit, book.context);

# %% kam={"course": ["4.N.3"], "part": "exercise"}
exercise("4.N.3.x5", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.3"], "part": "lesson"}
# **要提多少坏账准备？** 全公司的应收按账龄分档，每档乘损失率，就是**预期信用损失**（IFRS 9 和中国企业会计准则第 22 号都这样叫；这种按账龄分档的算法叫减值矩阵）。损失率取自公司自己的历史，也可以在 `settings.yml` 里给定，来源写在表下；前瞻系数把经济形势加进来，损失率最高 100%。
#
# **账期是要钱的。** 平均垫出去的钱 × 资金成本 = 这个客户的账期一年花掉我们多少。谈账期的时候，桌上要有这个数。

# %% [markdown] tags=["lang:en"]
# **How much to provide?** The company's receivables by age, each bucket times its loss rate: the **expected credit loss** (so called by IFRS 9 and the Chinese standard CAS 22; this way by age is the provision matrix). The rates come from the company's own history or are given in `settings.yml`, and the table says which; a forward-looking multiplier brings in the economy, and no rate goes above 100%.
#
# **Terms cost money.** Money lent on average × cost of capital = what this account's terms cost us in a year. Have this figure on the table when you talk about terms.

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.charts.provision(
    book.portfolio.money.provision, book.context, rates=book.portfolio.money.loss_rates
);

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.findings.provision(
    book.portfolio.money.provision, book.context, book.portfolio.money.loss_rates
)

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.tables.provision(book.portfolio.money.provision, book.context, book.portfolio.money.loss_rates)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.3"], "part": "lesson"}
# **压力测试：第一大客户倒了会怎样？** 2017 年玩具反斗城申请破产保护，美泰有一亿三千多万美元、孩之宝有近六千万美元的货款没有担保。出事之前，它正是这两家最看重的大客户。
#
# 对您这个客户算三种情形：失去全部、一半、四分之一。看四件事：
#
# - **现金**：少收的货款和少赚的贡献，一个月一个月地看，最低点在哪里；
# - **损失**：贡献、收不回来的应收、寄售库存；
# - **补回来要几个月**：每月失去的贡献 ÷ 每月新增的贡献；
# - **第一个信号什么时候就有了**：从那天到今天，是我们本来可以用的时间。
#
# 回收率没有人知道，所以再模拟很多次：看中位数，更要看最坏的 5%。

# %% [markdown] tags=["lang:en"]
# **Stress: what if the largest account fails?** When Toys R Us filed for protection in 2017, it owed Mattel more than a hundred and thirty million dollars and Hasbro nearly sixty million, all unsecured. Until then it had been a key account of both.
#
# For your account, three scenarios: all of it lost, half, a quarter. Look at four things:
#
# - **cash**: receipts missed and contribution lost, month by month, and where the lowest point lies;
# - **losses**: contribution, receivables not recovered, consigned stock;
# - **months to replace**: contribution lost in a month ÷ contribution won anew in a month;
# - **when the first signal was there**: from that day until today was time that we could have used.
#
# Nobody knows the rate of recovery, so it is simulated many times: look at the median, and even more at the worst 5%.

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.charts.stress_cash(book.money.stress, book.context);

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.charts.stress_losses(book.money.stress, book.context);

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.charts.stress_simulation((book.money.stress or {}).get("full"), book.context);

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.findings.stress(book.money.stress, book.context)

# %% kam={"course": ["4.N.3"], "part": "analysis"}
show.tables.stress(book.money.stress, book.context)

# %% kam={"course": ["4.N.3"], "part": "exercise"}
exercise("4.N.3.x6", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.3"], "part": "lesson"}
# **怎么办。** 把信用决定写进下面的表格：维持、提高、降低、停货还是要担保，写理由，写到哪一天有效。第一大客户每季度做一次，不等它出事。
#
# **局限。** 财务报表晚一年，付款记录晚一个月，都晚于采购嘴里的话：大客户经理听到的裁员、关店、换财务总监，要当天写进情报。

# %% [markdown] tags=["lang:en"]
# **What to do.** Write the credit decision into the form below: keep, raise, lower, hold or ask for security, with the reason and how long it holds. For the largest account do it once a quarter, and do not wait for trouble.
#
# **Limits.** Annual accounts come a year late, payments a month, and both later than what the buyer lets slip: layoffs, closed stores, another finance director, heard by the key account manager, go into the intelligence the same day.

# %% kam={"course": ["4.N.3"], "part": "form"}
fill("credit_review", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.4"], "part": "heading"}
# ## 4.N.4 计划的修正

# %% [markdown] tags=["lang:en"]
# ## 4.N.4 Revising the plan

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.4"], "part": "lesson"}
# 计划一定会变，怎么变要有规矩：
#
# 1. **预算不动**：它是年初的承诺，年底照它算；
# 2. **最新预估滚动**：每季度一版，写版本名，和预算并排；
# 3. **一行一行比**：改了哪几行、改了多少；
# 4. **每一行写理由**：客户变了、市场变了、我们做得好或不好、当初算错了。没有理由的行，系统会标出来。

# %% [markdown] tags=["lang:en"]
# Plans change; how they change needs rules:
#
# 1. **the budget stays**: it is the promise of the start of the year, and the year is judged by it;
# 2. **the latest estimate rolls**: a version each quarter, with its name, beside the budget;
# 3. **line by line**: which lines were changed, and by how much;
# 4. **a reason for every line**: the account changed, the market did, we did well or badly, or we had reckoned wrongly. A line without a reason is marked.

# %% kam={"course": ["4.N.4"], "part": "analysis"}
show.findings.revision(book.money.revision, book.context)

# %% kam={"course": ["4.N.4"], "part": "analysis"}
show.tables.revision(book.money.revision, book.context)

# %% kam={"course": ["4.N.4"], "part": "golden"}
figures(book, "4.N.4")

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.N.4"], "part": "lesson"}
# **怎么办。** 回到 4.N 的那张修正表，在下半部分选行、写理由，重新运行，上面的表就有了理由一栏。改得最大的三行，请上级看一眼。
#
# **局限。** 每次都往下修，说明年初是在许愿；每次都往上修，说明年初在留一手。把四个季度的版本放在一起看，才看得出来。

# %% [markdown] tags=["lang:en"]
# **What to do.** Go back to the form of revisions in 4.N, choose the lines in its lower half, write the reasons and run again: the table above has its reasons. Let your superior see the three lines that were changed most.
#
# **Limits.** An estimate that always goes down shows a budget of wishes; one that always goes up shows a budget with a reserve. It takes the versions of four quarters side by side to tell.

# %% kam={"course": ["4.N.4"], "part": "exercise"}
exercise("4.N.4.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["4.M", "4.N"], "part": "lesson"}
# ## 总结
#
# - 没有编码的费用没有人能管；编码错一笔，两本损益表都错。
# - 大客户有独立的损益表，加起来要等于公司总账；贡献之后还要减资金成本，才是经济利润。
# - 剩余要减掉承诺和预提；停付规则对谁都一样；促销看净增量，不看销量。
# - 预估要有区间，人工调整要有理由；试算先问盈亏平衡销量。
# - 桥图说差在哪一步，每一步都有该问的人。
# - 应收和销售要放在同一个税的口径上；信号比停止付款早几个月，这几个月就是收款的时间。
# - 预算不动，预估滚动，每一行的修改都要有理由。
#
# **现在就做三件事**
#
# 1. 打开“需要更正的费用编码”表，挑金额最大的一笔，找到单据，今天就改对；一笔都没有，就给一项还没有编码的活动编上码；
# 2. 看信用一页：敞口、额度、逾期和第一个信号，定下停不停货，写明到哪一天；
# 3. 在最新预估里找出改得最大的一行，写下理由，请一位同事反驳您。
#
# **接下来。** 钱看明白了，最后一步是收尾：这一套怎样在您的公司里一直做下去。

# %% [markdown] tags=["lang:en"]
# ## Summary
#
# - What has no code nobody can steer; one wrong code spoils two P&Ls.
# - A key account has a P&L of its own, and together they make the company's; after the contribution comes the cost of capital, and then the economic profit.
# - What is left is after commitments and accruals; stop rules are the same for everybody; a promotion is judged by its net lift and not by its sales.
# - A forecast has an interval, and a change by hand has a reason; when you try things out, ask for the break-even volume first.
# - The bridge says at which step we lost, and each step has somebody to ask.
# - Receivables and sales stand on one basis of VAT; signals come months before payments stop, and those months are money.
# - The budget stays, the estimate rolls, and every line that is changed has its reason.
#
# **Three things to do now**
#
# 1. open the table of code findings, take the largest booking, find the voucher and put it right today; where there is none, code one activity that has no code yet;
# 2. look at the page on credit: exposure, limit, overdue and the first signal; settle whether deliveries are held, and until which day;
# 3. find the line that the latest estimate changed most, write down the reason, and ask a colleague to argue against you.
#
# **Next.** With the money understood, the last step is the conclusion: how all this is kept going in your company.

# %% kam={"course": ["4.M"], "part": "colophon"}
colophon(book)
