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

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A"], "part": "lesson"}
# # 02 如何识别和界定重点客户
#
# 资源有限：大客户要更好的条件，小客户也要同样的条件，而第一大客户可能一夜之间丢掉一半的量。本章回答两个问题：**谁是我们的重点客户，凭什么？选定以后，我们对它了解多少？**
#
# **学完本章，您能够**
#
# - 用销售比重、利润比重、成长趋势三种方法给客户分类，并说出每种方法的公式、口径和盲点；
# - 说明营销战略一变，重点客户的名单为什么跟着变；
# - 填写客户分级表格，把客户放进“吸引力 × 相对优劣势”矩阵，并说出这个位置有多可靠；
# - 定出一份有日期、有进出规则的重点客户名单；
# - 把一个重点客户写成档案：使命与战略意图、SWOT、竞争对手、情报；每一项都有来源、日期和状态；
# - 用供需三板斧准备交换，并判断资源投得值不值、与公司的战略合不合；
# - 搭起多层次的客户团队，找出单线关系、分工漏洞和最该培养的能力；
# - 用健康分说出这个客户好不好，依据是什么。
#
# | 时间 | 先备知识 | 需要准备 |
# |---|---|---|
# | 约 300 分钟 | 会看百分比即可，不需要编程 | 一个客户编号（默认是示例公司的一家客户） |
#
# 可以分三次学完：选客户（2.A 到 2.B）约 150 分钟；看透客户（2.C 到 2.J）约 100 分钟；建团队（2.K 到 2.O）约 50 分钟。
#
# 全章始终围绕**一个客户**：下面参数里的 `account`。换成您负责的客户，重新运行，所有数字、图和习题都会换成它的。代码已经折叠，点一下左边的蓝条就能展开。

# %% [markdown] tags=["lang:en"]
# # 02 Identifying and defining key accounts
#
# Resources are limited: large accounts ask for better terms, small ones ask for the same, and the biggest account of all can lose half its volume overnight. This chapter answers two questions: **which accounts are key, and on what grounds? And once chosen, how well do we know them?**
#
# **After this chapter you can**
#
# - classify accounts by share of sales, share of profit and growth, and name the formula, the conventions and the blind spot of each method;
# - explain why the list of key accounts changes when the marketing strategy does;
# - fill in the account grading form, place an account in the matrix of attractiveness and relative strength, and say how reliable that place is;
# - set up a dated list of key accounts with rules for entering and leaving it;
# - write up a key account: mission and strategic intent, SWOT, rivals, intelligence; each line with source, date and status;
# - prepare an exchange with the three moves of demand and supply, and judge whether resources are well spent and fit the company's strategy;
# - build a team that meets the account on many levels, and find single threads, gaps in who does what, and the ability to train first;
# - say how healthy the account is, and on what grounds.
#
# | Time | You should know | You need |
# |---|---|---|
# | about 300 minutes | how to read a percentage; no programming | the id of an account (by default one of the sample company's) |
#
# It can be taken in three sittings: choosing accounts (2.A to 2.B) about 150 minutes; knowing the account (2.C to 2.J) about 100 minutes; building the team (2.K to 2.O) about 50 minutes.
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
from kamtools.classroom import axis_grading, colophon, cover, exercise, explore, figures, fill
from kamtools.classroom import grading_form, open_notebook, own_pnl, rating_sources

book = open_notebook(globals())

# %% kam={"course": ["2.A"], "part": "cover"}
cover(book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "heading"}
# ## 先看档案：我们知道什么，不知道什么

# %% [markdown] tags=["lang:en"]
# ## First the dossier: what we know and what we do not

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "lesson"}
# 读任何结论之前，先看它站在多少依据上。这个客户的表格里，哪些**已核实**（核实过、有日期、没有过期），哪些只是**推测**，哪些**没有日期**，哪些已经**过期**，哪些还是**空白**？
#
# 本章的表格在第二部分（2.C 到 2.O）填写；填了以后重新运行，这里就跟着变。

# %% [markdown] tags=["lang:en"]
# Before reading any conclusion, see how much it stands on. In the forms of this account, what is **confirmed** (checked, dated and not stale), what is only **assumed**, what is **undated**, what is **stale**, what is **missing**?
#
# The forms of this chapter stand in its second part (2.C to 2.O); fill some in, run again, and this section follows.

# %% kam={"course": ["2.C"], "part": "analysis"}
show.charts.completeness(book.knowing.completeness, book.context);

# %% kam={"course": ["2.C"], "part": "analysis"}
show.findings.completeness(book.knowing.completeness, book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A"], "part": "heading"}
# ## 2.A 客户分类的常用方法：企业重视哪一个？

# %% [markdown] tags=["lang:en"]
# ## 2.A Common ways to classify accounts, and which one the company values

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A"], "part": "lesson"}
# 给客户分类，常用的方法有 4 种。每一种都对，每一种也都只看到一面：
#
# | 方法 | 它问什么 | 单用它会漏掉谁 |
# |---|---|---|
# | 销售比重 | 谁买得多？ | 买得多却让我们亏钱的客户 |
# | 利润比重 | 谁让我们赚到钱？ | 今天还小、明天会大的客户 |
# | 成长趋势 | 谁长得快？ | 又大又稳、但已经不长的客户 |
# | 营销战略 | 谁符合我们要走的路？ | 战略没有提到的客户 |
#
# 所以第一步不是算，而是选：**企业重视什么，就用什么尺子；尺子要写下来，而且要说明它量不到什么。**
#
# 先看下面的预警：数据已经指出了哪些客户需要马上看一眼。

# %% [markdown] tags=["lang:en"]
# There are 4 common ways to classify accounts. Each is right, and each sees only one side:
#
# | Method | What it asks | Whom it misses on its own |
# |---|---|---|
# | Share of sales | Who buys much? | accounts that buy much and lose us money |
# | Share of profit | Who earns us money? | accounts that are small today and large tomorrow |
# | Growth trend | Who grows fast? | large, steady accounts that have stopped growing |
# | Marketing strategy | Who fits the way we want to go? | accounts the strategy does not mention |
#
# So the first step is not to calculate but to choose: **what the company values decides the yardstick; write the yardstick down, and say what it cannot measure.**
#
# Look at the alarms first: the data already point at accounts that need a look today.

# %% kam={"course": ["2.A"], "part": "analysis"}
show.tables.alarms(book.portfolio.alarms, book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A"], "part": "lesson"}
# **动手（没有标准答案）。** 您的企业今天最重视哪一种方法？为什么？写下来；学完本章再回来看，想法变了没有。

# %% [markdown] tags=["lang:en"]
# **Your turn (no answer is right or wrong).** Which method does your company value most today, and why? Write it down, and come back at the end of the chapter: has your mind changed?

# %% kam={"course": ["2.A"], "part": "exercise"}
exercise("2.A.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.1"], "part": "heading"}
# ## 2.A.1 销售比重

# %% [markdown] tags=["lang:en"]
# ## 2.A.1 Share of sales

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.1"], "part": "lesson"}
# **方法。** 把客户按销售额从大到小排队，一个一个累加，看累计到总额的 80% 用了几家（帕累托图），再分成 A、B、C 三类（ABC 分类）。
#
# $$s_i = \frac{x_i}{\sum_j x_j} \qquad \text{HHI} = \sum_i (100\, s_i)^2$$
#
# **口径。** 用最近 12 个完整月份的销售额，不用半个月和整个月相比。正好跨过 80% 的那一家算 A 类；这是约定，可以改，改了就要写明。退货扣不扣、子公司并不并，每张图下面都写着。
#
# **集中度。** HHI 从 0 到 10,000：越高，销售越集中在少数客户手里。10,000 ÷ HHI 叫“有效客户数”：假如每家一样大，相当于有几家。

# %% [markdown] tags=["lang:en"]
# **Method.** Line the accounts up by sales, largest first, add them up one by one and see how many it takes to reach 80% of the total (Pareto chart); then form the classes A, B and C (ABC analysis).
#
# $$s_i = \frac{x_i}{\sum_j x_j} \qquad \text{HHI} = \sum_i (100\, s_i)^2$$
#
# **Conventions.** Sales of the last 12 whole months; half a month is never set against a whole one. The account that crosses the 80% line still counts as A: a convention, which may be changed, and then has to be stated. Whether returns are taken off and subsidiaries added up stands under every chart.
#
# **Concentration.** The HHI runs from 0 to 10,000: the higher, the more the sales lie with few accounts. 10,000 ÷ HHI is the "effective number" of accounts: how many there would be if all were the same size.

# %% kam={"course": ["2.A.1"], "part": "analysis"}
show.charts.pareto(book.portfolio.sales_share, book.context);

# %% kam={"course": ["2.A.1"], "part": "analysis"}
show.findings.sales_share(book.portfolio.sales_share, book.context)

# %% kam={"course": ["2.A.1"], "part": "analysis"}
show.tables.sales_share(book.portfolio.sales_share, book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.1"], "part": "lesson"}
# **拖动滑块**，看分界线从 50% 移到 95% 时，A 类会有几家。分界线是选出来的，不是算出来的：先想清楚一名大客户经理照顾得了几家，再定线。

# %% [markdown] tags=["lang:en"]
# **Move the slider** and see how many A accounts there are when the line moves from 50% to 95%. The line is chosen, not calculated: first think how many accounts one key account manager can look after, then draw it.

# %% kam={"course": ["2.A.1"], "part": "explore"}
explore("abc_cut", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.1"], "part": "lesson"}
# **洛伦兹曲线**把同一件事画成一条弧：弧越往下弯，越不平均；基尼系数（0 到 1）量的就是弯的程度。有客户扣除退货后的销售额为负时（退货多于进货），基尼系数没有意义，系统会直接说明而不硬算。

# %% [markdown] tags=["lang:en"]
# **The Lorenz curve** draws the same fact as an arc: the deeper it sags, the less equal the accounts; the Gini coefficient (0 to 1) measures how deep. Where an account's net sales are below zero (more returned than bought) the Gini means nothing, and the system says so instead of forcing a figure.

# %% kam={"course": ["2.A.1"], "part": "analysis"}
show.charts.lorenz(book.portfolio.sales_share, book.context);

# %% kam={"course": ["2.A.1"], "part": "golden"}
figures(book, "2.A.1")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.1"], "part": "lesson"}
# **局限。** 销售额大不等于赚钱，也不等于有将来。只看销售比重，会把亏钱的大户当宝，也会错过长得最快的小户。
#
# **练习。** 题目用的是您这个客户的数据。没作答会显示“未作答”，不会报错；答错会给提示。

# %% [markdown] tags=["lang:en"]
# **Limits.** Large sales are not profit, and not a future. Whoever looks at the share of sales alone treasures the large account that loses money and overlooks the small one that grows fastest.
#
# **Exercises.** They use the data of your account. Unanswered, they say "not attempted" and nothing breaks; a wrong answer gets a hint.

# %% kam={"course": ["2.A.1"], "part": "exercise"}
exercise("2.A.1.x1", book)

# %% kam={"course": ["2.A.1"], "part": "exercise"}
exercise("2.A.1.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.2"], "part": "heading"}
# ## 2.A.2 利润比重

# %% [markdown] tags=["lang:en"]
# ## 2.A.2 Share of profit

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.2"], "part": "lesson"}
# **方法。** 从标价一路减下去：票面折扣、返利、促销扣款，得到净销售额；再减产品成本、消费者促销和 A&P 费用，最后减掉服务这家客户的成本（送货、拜访、退货处理……），剩下的才是它的**贡献**。
#
# $$\text{贡献} = \text{净销售额} - \text{产品成本} - \text{消费者促销} - \text{A\&P} - \text{服务成本}$$
#
# **口径。** 总部管理费不摊到客户头上：摊法一变，结论就变，而客户什么也没做。成本缺失时，贡献写“缺”，不当作 0。
#
# 先看您这个客户的损益表：钱是在哪一级台阶上流走的？

# %% [markdown] tags=["lang:en"]
# **Method.** Start from the list price and take off, step by step, invoice discounts, rebates and promotional deductions to reach net sales; then the cost of goods, consumer promotion and A&P, and at last what it costs to serve the account (deliveries, visits, handling of returns…). What is left is its **contribution**.
#
# $$\text{contribution} = \text{net sales} - \text{cost of goods} - \text{consumer promotion} - \text{A\&P} - \text{cost to serve}$$
#
# **Conventions.** Head-office cost is not spread over accounts: another key, another verdict, though the account did nothing. Where a cost is missing the contribution is missing too; it does not become 0.
#
# First your account's own profit and loss: on which step does the money run away?

# %% kam={"course": ["2.A.2"], "part": "analysis"}
show.charts.pnl_waterfall(own_pnl(book), book.context);

# %% kam={"course": ["2.A.2"], "part": "analysis"}
show.tables.pnl(own_pnl(book), book.context)

# %% kam={"course": ["2.A.2"], "part": "analysis"}
show.findings.pnl(own_pnl(book), book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.2"], "part": "lesson"}
# **鲸鱼曲线**：再把所有客户按贡献从大到小排队、累加。曲线先升过 100%，像鲸鱼的背，再往下掉：背最高处是赚钱的客户合计，掉下来的那一段，是亏钱的客户吃掉的。卡普兰与纳拉亚南（Kaplan & Narayanan）常被引用的说法是，前 20% 的客户可以赚到总利润的 150%–300%；您的公司是多少，看图。

# %% [markdown] tags=["lang:en"]
# **The whale curve**: now line all accounts up by contribution, largest first, and add up. The curve rises above 100% like a whale's back, then falls: its top is what the profitable accounts make together, the fall is what the loss makers eat up. Kaplan and Narayanan are often quoted as saying that the top 20% of customers can make 150%–300% of the profit; what it is in your company, the chart says.

# %% kam={"course": ["2.A.2"], "part": "analysis"}
show.charts.whale(book.portfolio.profit_share, book.context);

# %% kam={"course": ["2.A.2"], "part": "analysis"}
show.findings.profit_share(book.portfolio.profit_share, book.context)

# %% kam={"course": ["2.A.2"], "part": "analysis"}
show.tables.loss_makers(book.portfolio.profit_share, book.context)

# %% kam={"course": ["2.A.2"], "part": "golden"}
figures(book, "2.A.2")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.2"], "part": "lesson"}
# **怎么办。** 亏钱的客户不等于要放弃的客户。按这个次序谈：
#
# 1. 先看服务成本：小单、急单、退货能不能合并、收费或减少；
# 2. 再看交易条件：返利换来了什么，没有换来的就重谈；
# 3. 最后看价格和产品组合；都谈不动，才谈退出。
#
# **局限。** 贡献说的是过去 12 个月。正在投入的新客户，账面上常常先亏；所以还要看成长。

# %% [markdown] tags=["lang:en"]
# **What to do.** An account that loses money is not an account to give up. Negotiate in this order:
#
# 1. the cost to serve first: can small orders, rush orders and returns be bundled, charged or cut;
# 2. then the terms: what did the rebate buy; what bought nothing is renegotiated;
# 3. price and product mix last; only if nothing moves, talk of leaving.
#
# **Limits.** Contribution speaks of the past 12 months. A new account in which we invest often loses money on paper at first; so look at growth too.

# %% kam={"course": ["2.A.2"], "part": "exercise"}
exercise("2.A.2.x1", book)

# %% kam={"course": ["2.A.2"], "part": "exercise"}
exercise("2.A.2.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.3"], "part": "heading"}
# ## 2.A.3 成长趋势

# %% [markdown] tags=["lang:en"]
# ## 2.A.3 Growth trend

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.3"], "part": "lesson"}
# **方法。** 同期比同期：最近 12 个完整月份，比再往前的 12 个月。
#
# $$g = \frac{V_1}{V_0} - 1 \qquad \text{CAGR} = \left(\frac{V_1}{V_0}\right)^{1/n} - 1 \qquad \text{EI} = 100\,\frac{1+g_a}{1+g_m}$$
#
# **口径。**
#
# - 没过完的月份不进比较；
# - 春节有时在 1 月，有时在 2 月，所以 1 月和 2 月总是合在一起比；
# - 去年是 0 或负数时，增长率算不出来，写“算不出”，不写一个大得吓人的数；
# - 进化指数 EI 等于 100，表示和市场同步；高于 100，是在赢市场。
#
# 趋势线用稳健的方法（Theil–Sen）画：一个月的大单或断货，不会把整条线带歪。

# %% [markdown] tags=["lang:en"]
# **Method.** Like with like: the last 12 whole months against the 12 before.
#
# $$g = \frac{V_1}{V_0} - 1 \qquad \text{CAGR} = \left(\frac{V_1}{V_0}\right)^{1/n} - 1 \qquad \text{EI} = 100\,\frac{1+g_a}{1+g_m}$$
#
# **Conventions.**
#
# - a month that is not over takes no part;
# - the Spring Festival falls now in month 1, now in month 2, so that months 1 and 2 are always compared together;
# - where last year is 0 or negative there is no growth rate: we say so, and do not print a frighteningly large figure;
# - an evolution index EI of 100 means in step with the market; above 100, the account beats it.
#
# The trend line is drawn by a robust method (Theil–Sen): one month's large order, or one month out of stock, does not bend it.

# %% kam={"course": ["2.A.3"], "part": "analysis"}
show.charts.sales_line(
    book.portfolio.account_month,
    book.context,
    column=book.portfolio.sales_column,
    until=book.portfolio.facts.last_month,
);

# %% kam={"course": ["2.A.3"], "part": "analysis"}
show.charts.growth_bubble(book.portfolio.growth, book.context);

# %% kam={"course": ["2.A.3"], "part": "analysis"}
show.findings.growth(book.portfolio.growth, book.context)

# %% kam={"course": ["2.A.3"], "part": "analysis"}
show.tables.growth(book.portfolio.growth, book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.3"], "part": "lesson"}
# **留存桥**把全公司的增减拆开：老客户买得更多（扩张）、买得更少（收缩）、不买了（流失），再加上新客户。两个比率要记住：
#
# - **NRR** 净收入留存率：老客户今年的销售 ÷ 他们去年的销售；
# - **GRR** 毛收入留存率：同上，但只扣减少、不加增长，所以不会超过 100%。
#
# 靠新客户把流失盖住，总数看起来很好，桶却在漏。

# %% [markdown] tags=["lang:en"]
# **The retention bridge** takes the company's change apart: old accounts that buy more (expansion), buy less (contraction), buy no more (lost), and new ones. Two ratios to remember:
#
# - **NRR**, net revenue retention: what last year's accounts buy this year ÷ what they bought last year;
# - **GRR**, gross revenue retention: the same without the gains, so it never exceeds 100%.
#
# Where new accounts cover up the lost ones the total looks fine, and the bucket leaks.

# %% kam={"course": ["2.A.3"], "part": "analysis"}
show.charts.retention_bridge(book.portfolio.growth, book.context);

# %% kam={"course": ["2.A.3"], "part": "golden"}
figures(book, "2.A.3")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.3"], "part": "lesson"}
# **怎么办。** 看到预警“一个季度掉了一半”，本周就打电话，不要等季度会：先问是断货、换了采购、还是换了供应商。看到最快的小客户，先确认不是一次性大单，再决定投不投。
#
# **局限。** 小数目长得快很容易；增长率要和金额一起看（图里的圆就是金额）。

# %% [markdown] tags=["lang:en"]
# **What to do.** When the alarm says that sales fell by half within a quarter, phone this week and do not wait for the quarterly meeting: ask whether it is a stock-out, another buyer or another supplier. When you see the fastest small account, make sure it is not one single large order before you invest.
#
# **Limits.** Small figures grow fast easily; read the rate together with the money (the bubbles are the money).

# %% kam={"course": ["2.A.3"], "part": "exercise"}
exercise("2.A.3.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.4"], "part": "heading"}
# ## 2.A.4 不同营销战略下的大客户管理

# %% [markdown] tags=["lang:en"]
# ## 2.A.4 Key accounts under different marketing strategies

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.4"], "part": "lesson"}
# **方法。** 战略就是一组权重：冲量的公司把权重放在销售额上，求利的放在贡献上，创新的放在成长和配合度上……同一批评分，换一组权重，再排一次名。
#
# $$S = \frac{\sum_i w_i r_i}{\sum_i w_i}$$
#
# **口径。** 评分 1 到 5。缺的评分不算 0，而是从分母里一起拿掉，并写明还有多少权重有依据。两次排名像不像，用肯德尔系数 τ 表示：1 是完全一样，0 是毫无关系，-1 是正好颠倒。权重是数据，写在 `settings.yml` 里，谁都能改，改了就看得到名单怎么变。

# %% [markdown] tags=["lang:en"]
# **Method.** A strategy is a set of weights: a company after volume puts them on sales, one after profit on contribution, one after innovation on growth and fit… The same ratings, another set of weights, another ranking.
#
# $$S = \frac{\sum_i w_i r_i}{\sum_i w_i}$$
#
# **Conventions.** Ratings run from 1 to 5. A missing rating is not 0: it is left out above and below the line, and how much of the weight has evidence is stated. How alike two rankings are is told by Kendall's τ: 1 is the same, 0 unrelated, -1 upside down. The weights are data, in `settings.yml`: anyone can change them and see how the list moves.

# %% kam={"course": ["2.A.4"], "part": "analysis"}
show.charts.rank_bump(book.portfolio.strategy_ranking, book.context);

# %% kam={"course": ["2.A.4"], "part": "analysis"}
show.findings.strategies(book.portfolio.strategy_ranking, book.context)

# %% kam={"course": ["2.A.4"], "part": "analysis"}
show.tables.strategies(book.portfolio.strategy_ranking, book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A.4"], "part": "lesson"}
# **怎么办。** 在每种战略下都排在前面的客户，先放心投入。只在一种战略下靠前的，投入之前先问一句：这个战略我们明年还走吗？名次跳得最多的客户，最值得拿到会上讨论。

# %% [markdown] tags=["lang:en"]
# **What to do.** Accounts that rank high under every strategy are safe to invest in. For those that rank high under one only, ask first: will this still be our strategy next year? The accounts whose rank jumps most are the ones to bring to the meeting.

# %% kam={"course": ["2.A.4"], "part": "golden"}
figures(book, "2.A.4")

# %% kam={"course": ["2.A.4"], "part": "exercise"}
exercise("2.A.4.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A"], "part": "heading"}
# ### 小结：每种方法单用会漏掉谁

# %% [markdown] tags=["lang:en"]
# ### In sum: whom each method alone would miss

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A"], "part": "lesson"}
# 现在把几种方法的前几名放在一起：哪些客户每种方法都选中，哪些只有一种方法看得见。

# %% [markdown] tags=["lang:en"]
# Now set the tops of the methods side by side: which accounts every method picks, and which only one can see.

# %% kam={"course": ["2.A"], "part": "analysis"}
show.charts.method_comparison(book.portfolio.method_comparison, book.context);

# %% kam={"course": ["2.A"], "part": "analysis"}
show.findings.methods(book.portfolio.method_comparison, book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B"], "part": "heading"}
# ## 2.B 客户分级表格

# %% [markdown] tags=["lang:en"]
# ## 2.B Account grading form

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B"], "part": "lesson"}
# **方法。** 两根轴，两种分数：
#
# - **客户吸引力**：这个客户值不值得我们投入？（看客户）
# - **企业相对优/劣势**：和最强的对手比，我们在这个客户那里强不强？（看我们自己）
#
# 每根轴有几条标准，每条标准有权重和 1 到 5 的评分。两个分数决定客户在矩阵里的位置：
#
# | | 我们弱 | 我们强 |
# |---|---|---|
# | **吸引力高** | 明星：值得争取，先补短板 | 战略：重点投入，共同计划 |
# | **吸引力低** | 精简：降低服务成本，标准化 | 稳定：保住，不加码 |
#
# **口径。** 能从数据算的标准由数据评分（按 `settings.yml` 里的 4 条分界线分成 5 档）；只有人知道的标准由人评分，要写**来源**和**日期**，并注明是“推测”还是“已核实”。四个象限的名称取自麦克唐纳（McDonald）；他把“我们强”画在左边，这里画在右边。
#
# **动手。** 拖动滑块给您的客户评分，计分卡和矩阵跟着变。评分只存为您自己的答案，不改公司的档案。

# %% [markdown] tags=["lang:en"]
# **Method.** Two axes, two scores:
#
# - **Attractiveness of the account**: is it worth our effort? (about the account)
# - **Our relative strength or weakness**: compared with the strongest rival, how strong are we there? (about us)
#
# Each axis has a few criteria, each criterion a weight and a rating from 1 to 5. The two scores set the account's place in the matrix:
#
# | | We are weak | We are strong |
# |---|---|---|
# | **Attractive** | Star: worth winning, mend the weak points first | Strategic: invest, plan together |
# | **Less attractive** | Streamline: cut the cost to serve, standardise | Status: keep, do not add |
#
# **Conventions.** What the data can tell is rated by the data (the 4 limits in `settings.yml` make 5 steps); what only people know is rated by people, with **source** and **date**, and marked "assumed" or "confirmed". The names of the quadrants are McDonald's; he draws "we are strong" on the left, here it is on the right.
#
# **Your turn.** Move the sliders to rate your account; scorecard and matrix follow. Your ratings are kept as your own answers and do not change the company's dossier.

# %% kam={"course": ["2.B"], "part": "form"}
grading_form(book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B.1"], "part": "heading"}
# ### 2.B.1 客户吸引力

# %% [markdown] tags=["lang:en"]
# ### 2.B.1 Account attractiveness

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B.1"], "part": "lesson"}
# 问的是客户，不是我们：它买多少、长多快、让我们赚多少、付款爽不爽快、将来还有多大。**别把“关系好”算进吸引力**：关系属于另一根轴；两根轴混在一起，矩阵就只剩一条斜线。
#
# 看下面的计分卡：哪几条由数据评、哪几条由人评、哪几条还缺。

# %% [markdown] tags=["lang:en"]
# The question is about the account, not about us: how much it buys, how fast it grows, what it earns us, how promptly it pays, how large it may become. **Do not count "we get on well" as attractiveness**: the relationship belongs to the other axis; mix the two and the matrix shrinks to a diagonal.
#
# In the scorecard below see which criteria the data rate, which people rate, and which are still missing.

# %% kam={"course": ["2.B.1"], "part": "analysis"}
show.charts.scorecard(axis_grading(book, "attractiveness"), book.context, sources=rating_sources(book));

# %% kam={"course": ["2.B.1"], "part": "analysis"}
show.tables.scorecard(axis_grading(book, "attractiveness"), book.context, sources=rating_sources(book))

# %% kam={"course": ["2.B.1"], "part": "golden"}
figures(book, "2.B.1")

# %% kam={"course": ["2.B.1"], "part": "exercise"}
exercise("2.B.1.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B.2"], "part": "heading"}
# ### 2.B.2 企业相对优/劣势

# %% [markdown] tags=["lang:en"]
# ### 2.B.2 Our relative strength or weakness with the account

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B.2"], "part": "lesson"}
# “相对”两个字最要紧：不是我们做得好不好，而是**客户眼里，我们比最强的那家对手好多少**。评 5 分要说得出对手是谁、差在哪里；说不出，就先评 3 分并注明“推测”。
#
# 提高哪一条最划算？权重大、又还没到顶的那一条：同样加 1 分，它让得分涨得最多。分数低的，往往也更容易提高。

# %% [markdown] tags=["lang:en"]
# The word that counts is "relative": not whether we do well, but **how much better than the strongest rival we are in the account's eyes**. Whoever gives a 5 can name the rival and the difference; whoever cannot gives a 3 and marks it "assumed".
#
# Which criterion pays most to improve? One with a large weight that is not yet at the top: for the same 1 point it lifts the score most. A low rating is often the easier one to raise, too.

# %% kam={"course": ["2.B.2"], "part": "analysis"}
show.charts.scorecard(axis_grading(book, "strength"), book.context, sources=rating_sources(book));

# %% kam={"course": ["2.B.2"], "part": "analysis"}
show.tables.scorecard(axis_grading(book, "strength"), book.context, sources=rating_sources(book))

# %% kam={"course": ["2.B.2"], "part": "golden"}
figures(book, "2.B.2")

# %% kam={"course": ["2.B.2"], "part": "exercise"}
exercise("2.B.2.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B"], "part": "heading"}
# ### 矩阵：客户在哪里，有多可靠

# %% [markdown] tags=["lang:en"]
# ### The matrix: where the account stands, and how reliably

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B"], "part": "lesson"}
# 圆的大小是现在的销售额，外圈是 3 年后的潜力。离分界线很近的客户，评分稍微变一点就换了象限；所以下面再问一句：如果评分和权重各有一点误差，这个客户落在每个象限的**可能性**是多少？电脑把评分和权重随机抖动很多次，数一数各落在哪里。

# %% [markdown] tags=["lang:en"]
# A bubble's size is today's sales, its ring the potential in 3 years. An account near the line changes quadrant when a rating moves a little; so ask once more: if ratings and weights are somewhat off, how **likely** is each quadrant for this account? The computer shakes ratings and weights many times at random and counts where the account lands.

# %% kam={"course": ["2.B"], "part": "analysis"}
show.charts.matrix(
    book.portfolio.grading,
    book.context,
    sales=book.portfolio.sales,
    potential=book.portfolio.potential,
    probability=book.portfolio.matrix_probability,
);

# %% kam={"course": ["2.B"], "part": "analysis"}
show.findings.grading(book.portfolio.grading, book.context, book.portfolio.matrix_probability)

# %% kam={"course": ["2.B"], "part": "analysis"}
show.charts.quadrant_probability(book.portfolio.matrix_probability, book.context);

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B"], "part": "lesson"}
# **拖动滑块**：评分的误差从 0 加到 1.5 分，看可能性怎么散开。超过 0.8 才算站稳；低于 0.6，先去核实评分，再谈投入。

# %% [markdown] tags=["lang:en"]
# **Move the slider**: let the error of a rating grow from 0 to 1.5 points and watch the chances spread. Above 0.8 the place is firm; below 0.6, confirm the ratings before you talk of investing.

# %% kam={"course": ["2.B"], "part": "explore"}
explore("rating_sd", book)

# %% kam={"course": ["2.B"], "part": "exercise"}
exercise("2.B.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B"], "part": "heading"}
# ### 界定：重点客户名单

# %% [markdown] tags=["lang:en"]
# ### The designation: our list of key accounts

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B"], "part": "lesson"}
# 分级的结果是一份**名单**：有日期，有进出规则。进的门槛比出的高，名单就不会每个月跳来跳去。名单上的客户，才用重点客户的资源；不在名单上的，用标准服务。规则写在 `settings.yml` 里，改规则之前先想：我们的大客户经理照顾得了几家？

# %% [markdown] tags=["lang:en"]
# What grading leads to is a **list**: dated, with rules for entering and leaving. The bar for entering is higher than the one for leaving, so that the list does not jump every month. Accounts on the list get key account resources; the others get standard service. The rules stand in `settings.yml`; before changing them, think how many accounts our key account managers can look after.

# %% kam={"course": ["2.B"], "part": "analysis"}
show.tables.designation(book.portfolio.designation, book.context)

# %% kam={"course": ["2.B"], "part": "analysis"}
show.findings.designation(book.portfolio.designation, book.context)

# %% kam={"course": ["2.B"], "part": "golden"}
figures(book, "2.B")

# %% kam={"course": ["2.B"], "part": "exercise"}
exercise("2.B.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "heading"}
# ## 2.C 客户详情/客户档案的使用

# %% [markdown] tags=["lang:en"]
# ## 2.C Using the customer profile

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "lesson"}
# 到这里，我们知道了**谁**是重点客户。从这一节开始，本章的第二部分只做一件事：把**这一个**客户看透。工具是一套表格；您填一张，下面的图、结论和习题就跟着变，本章开头的完整度也跟着涨。

# %% [markdown] tags=["lang:en"]
# By now we know **who** is key. From here on the second part of this chapter does one thing: look right through **this one** account. The tools are a set of forms; fill one in, and the charts, findings and exercises below follow, and so does the completeness at the head of this chapter.

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "lesson"}
# **名称。** 客户档案（Customer Profile）：一个客户一份，见面之前先看的那一页。
#
# **用处。** 换人接手时，客户不用从头讲起；谈判之前，合同哪天到期、谁拍板、账期怎么算，不用临时去问。
#
# **做法。** 每一项除了内容，还要写三样东西：
#
# - **来源**：谁说的，在哪里看到的；
# - **日期**：哪一天的事实；
# - **状态**：查证过的写“已核实”，听说的写“推测”。

# %% [markdown] tags=["lang:en"]
# **Name.** Customer profile: one for each account, the page to read before you meet it.
#
# **Use.** When somebody else takes over, the account need not start from the beginning; before a negotiation nobody has to ask when the contract ends, who decides and from which day payment counts.
#
# **How.** Beside its content each field takes three things:
#
# - **source**: who said so, or where it was seen;
# - **date**: of which day the fact is;
# - **status**: "confirmed" where it was checked, "assumed" where it was heard.

# %% kam={"course": ["2.C"], "part": "form"}
fill("profile", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "lesson"}
# **完整度**只数必填项：
#
# $$\text{完整度} = \frac{\text{已填的必填项}}{\text{全部必填项}}$$
#
# **口径。** 空着就是空着，不猜。有日期、但离报告日太久的算**过期**：容许的天数写在 `settings.yml` 里，没有另外规定的是 180 天。没有日期的单独列出，因为谁也不知道它有多旧。

# %% [markdown] tags=["lang:en"]
# **Completeness** counts mandatory fields only:
#
# $$\text{completeness} = \frac{\text{mandatory fields filled}}{\text{all mandatory fields}}$$
#
# **Conventions.** Empty is empty; nothing is guessed. A field whose date lies too far before the date of the report is **stale**: the days allowed stand in `settings.yml`, 180 where nothing else is said. Fields without a date are listed apart, since nobody knows how old they are.

# %% kam={"course": ["2.C"], "part": "analysis"}
show.tables.completeness(book.knowing.completeness, book.context)

# %% kam={"course": ["2.C"], "part": "golden"}
figures(book, "2.C")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "lesson"}
# **怎么办。** 先补缺的，再核实推测的，最后更新过期的；下一次见面要用到的，排在最前面。
#
# **局限。** 完整不等于正确：100% 填满的档案，也可能全是推测。

# %% [markdown] tags=["lang:en"]
# **What to do.** First fill what is missing, then check what is assumed, then renew what is stale; what the next meeting needs comes before all else.
#
# **Limits.** Complete is not correct: a profile that is 100% filled may be all assumptions.

# %% kam={"course": ["2.C"], "part": "exercise"}
exercise("2.C.x1", book)

# %% kam={"course": ["2.C"], "part": "exercise"}
exercise("2.C.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.D"], "part": "heading"}
# ## 2.D 客户使命的认知

# %% [markdown] tags=["lang:en"]
# ## 2.D Understanding the account's mission

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.D"], "part": "lesson"}
# 三个词，常常混在一起：
#
# | 词 | 它回答什么 | 多久变一次 |
# |---|---|---|
# | 使命 | 它为谁解决什么问题？ | 很少变 |
# | 愿景 | 它想成为什么样的企业？ | 几年一变 |
# | 战略意图 | 它眼下一心要赢什么？ | 看得见的时候最有用 |
#
# “战略意图”（strategic intent）是哈默尔与普拉哈拉德（Hamel & Prahalad）的说法：不是一份规划，而是一个全公司都知道、大到今天的资源还够不着的目标。
#
# **用处。** 客户为什么接受一个方案、拒绝另一个，根子多半在这里。能帮它实现意图的供应商，谈的是合作；帮不上的，只能谈价格。

# %% [markdown] tags=["lang:en"]
# Three words that are often mixed up:
#
# | Word | What it answers | How often it changes |
# |---|---|---|
# | Mission | Whom does it serve, and what does it solve? | rarely |
# | Vision | What does it want to become? | every few years |
# | Strategic intent | What is it bent on winning now? | most useful while it can be seen |
#
# "Strategic intent" is a term of Hamel and Prahalad: not a plan, but an aim that the whole company knows and that today's resources cannot yet reach.
#
# **Use.** Why an account takes one proposal and turns down another mostly has its root here. A supplier that furthers the intent talks of working together; one that does not can only talk of price.

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.D"], "part": "lesson"}
# **怎么看出来。** 听它说，更要看它做：钱、人和时间投到哪里，哪里才是真意图。
#
# **局限。** 我们看到的永远是外面的一面，所以每一条都写来源和日期；说和做不一致时，以做为准，并标“推测”。

# %% [markdown] tags=["lang:en"]
# **How to tell.** Listen to what it says, and look harder at what it does: intent is where money, people and time go.
#
# **Limits.** We only ever see the outside, so each line has a source and a date; where words and deeds differ go by the deeds, and mark the line "assumed".

# %% kam={"course": ["2.D"], "part": "exercise"}
exercise("2.D.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.D.1"], "part": "heading"}
# ### 2.D.1 理解客户的长短期战略意图

# %% [markdown] tags=["lang:en"]
# ### 2.D.1 The account's long- and short-term strategic intent

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.D.1"], "part": "lesson"}
# **做法。** 先写长期（三到五年想赢什么），再写短期（今年考核什么），都用客户自己的话，并注明出处。然后问一句：**长期和短期在哪里打架？** 例如长期要做品质，今年却只考核毛利。矛盾的地方，往往就是我们帮得上忙的地方。
#
# 最后一栏“对我们意味着什么”必须填：没有这一句，表格只是抄录。

# %% [markdown] tags=["lang:en"]
# **How.** First the long term (what it wants to win in three to five years), then the short term (what it is measured by this year), both in the account's own words and with their source. Then ask: **where do long and short term pull apart?** It may want quality in the long run and be measured by margin alone this year. Where they pull apart is often where we can help.
#
# The last field, "what it means for us", is mandatory: without it the form is only a copy.

# %% kam={"course": ["2.D.1", "2.D"], "part": "form"}
fill("mission", book)

# %% kam={"course": ["2.D.1"], "part": "exercise"}
exercise("2.D.1.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.D.2"], "part": "heading"}
# ### 2.D.2 建立表格

# %% [markdown] tags=["lang:en"]
# ### 2.D.2 Building the form

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.D.2"], "part": "lesson"}
# 把意图拆成一张**目标分解表**，一行一个目标，从左往右读：它要什么 → 打算怎么做 → 正在推哪个项目 → 谁在意 → 对我们意味着什么 → 我们能提供什么。
#
# **口径。** 目标写成能衡量的样子（指标加目标值）；“谁在意”写到具体的人或岗位。一个没有人在意的目标，先不要为它花力气。
#
# **怎么办。** 说不出“我们能提供什么”的那几行，就是下次见面要问的问题。

# %% [markdown] tags=["lang:en"]
# Take the intent apart into a **map of goals**, one goal a line, read from left to right: what it wants → how → by which initiative → who cares → what it means for us → what we can offer.
#
# **Conventions.** A goal is written so that it can be measured (a measure and its target); "who cares" names a person or a post. A goal that nobody cares about deserves no effort yet.
#
# **What to do.** The lines that do not say what we can offer are the questions for the next meeting.

# %% kam={"course": ["2.D.2"], "part": "form"}
fill("goal_map", book)

# %% kam={"course": ["2.D.2"], "part": "exercise"}
exercise("2.D.2.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.E"], "part": "heading"}
# ## 2.E 客户在当地市场的 SWOT 分析

# %% [markdown] tags=["lang:en"]
# ## 2.E SWOT of the account in its local market

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.E"], "part": "lesson"}
# **先分清两件事。** 第一，写的是**客户**的优劣势，不是我们的。第二，优势（S）、劣势（W）在客户内部，它自己管得住；机会（O）、威胁（T）在外部，它只能应对。
#
# **当地市场**要写清楚：哪个城市或区域、什么业态、什么时间。同一个客户，在省会是老大，到了外省可能是新手。

# %% [markdown] tags=["lang:en"]
# **Keep two things apart.** First, this is about the **account's** strengths and weaknesses, not ours. Second, strengths (S) and weaknesses (W) are inside, where the account is in charge; opportunities (O) and threats (T) are outside, where it can only respond.
#
# Say which **local market** is meant: the city or region, the format, the time. The same account may be the leader in its home town and a newcomer in the next province.

# %% kam={"course": ["2.E"], "part": "form"}
fill("swot", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.E"], "part": "lesson"}
# **加权。** 光列条目，谁都会；难的是说出哪条要紧。弗雷德·戴维（Fred David）的做法是给每条权重和评分，内部得一个总分 IFE，外部得一个总分 EFE：
#
# $$\text{IFE} = \frac{\sum_{i \in S,W} w_i r_i}{\sum_{i \in S,W} w_i} \qquad \text{EFE} = \frac{\sum_{i \in O,T} w_i r_i}{\sum_{i \in O,T} w_i}$$
#
# **口径。** 评分 1 到 4：内部 4 是主要优势，1 是主要劣势；外部评的是客户**应对得好不好**，4 最好。2.5 是平均。没有评分或权重的条目不算，也不当作 0。

# %% [markdown] tags=["lang:en"]
# **Weights.** Anyone can list points; the hard part is to say which matter. Fred David gives each a weight and a rating, and sums up the inside as IFE and the outside as EFE:
#
# $$\text{IFE} = \frac{\sum_{i \in S,W} w_i r_i}{\sum_{i \in S,W} w_i} \qquad \text{EFE} = \frac{\sum_{i \in O,T} w_i r_i}{\sum_{i \in O,T} w_i}$$
#
# **Conventions.** Ratings run from 1 to 4: inside, 4 is a major strength and 1 a major weakness; outside, they say **how well the account responds**, 4 being best. 2.5 is average. A point without rating or weight is left out and does not become 0.

# %% kam={"course": ["2.E"], "part": "analysis"}
show.charts.swot(book.knowing.swot, book.context);

# %% kam={"course": ["2.E"], "part": "analysis"}
show.findings.swot(book.knowing.swot, book.context, book.knowing.tows)

# %% kam={"course": ["2.E"], "part": "analysis"}
show.tables.swot(book.knowing.swot, book.context)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.E"], "part": "lesson"}
# **交叉。** 韦里克（Weihrich）的 TOWS 矩阵把内外两两配对，逼出策略：
#
# | | 机会 O | 威胁 T |
# |---|---|---|
# | **优势 S** | SO：用优势抓机会 | ST：用优势挡威胁 |
# | **劣势 W** | WO：补劣势抓机会 | WT：减劣势避威胁 |
#
# 下表按两边权重的乘积排次序：排在前面而还没有策略的，就是该动脑筋的地方。

# %% [markdown] tags=["lang:en"]
# **Crossing.** Weihrich's TOWS matrix pairs inside with outside to force out strategies:
#
# | | Opportunities O | Threats T |
# |---|---|---|
# | **Strengths S** | SO: use a strength for an opportunity | ST: use a strength against a threat |
# | **Weaknesses W** | WO: mend a weakness for an opportunity | WT: lessen a weakness, avoid a threat |
#
# The table below ranks the pairs by the product of both weights: one that stands high and has no strategy yet is the one to think about.

# %% kam={"course": ["2.E"], "part": "analysis"}
show.tables.tows(book.knowing.tows, book.context)

# %% kam={"course": ["2.E"], "part": "golden"}
figures(book, "2.E")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.E"], "part": "lesson"}
# **局限。** SWOT 只是某一天的一张照片，而且是用我们的眼睛看的。最好请客户自己的人看一遍：他改的那一条，往往最值钱。

# %% [markdown] tags=["lang:en"]
# **Limits.** A SWOT is a picture of one day, and seen with our eyes. Let somebody at the account read it: the line that person corrects is often worth most.

# %% kam={"course": ["2.E"], "part": "exercise"}
exercise("2.E.x1", book)

# %% kam={"course": ["2.E"], "part": "exercise"}
exercise("2.E.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.F"], "part": "heading"}
# ## 2.F 客户主要竞争对手的 SWOT 分析（至少两家）

# %% [markdown] tags=["lang:en"]
# ## 2.F SWOT of the account's main competitors (at least two)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.F"], "part": "lesson"}
# 站到客户的位置上看：**它**的对手是谁？（不是我们的对手。）您若说得出它输在哪里、怎样赢回来，您就不只是来卖货的。
#
# **为什么至少两家。** 只比一家，看到的是单挑；有两家以上，才看得出哪些是行业都有的，哪些是它独有的弱点。少于两家，计划就算不完整，系统会一直提醒。

# %% [markdown] tags=["lang:en"]
# Stand where the account stands: who are **its** rivals? (Not ours.) If you can say where it loses and how to win it back, you have not only come to sell.
#
# **Why at least two.** With one rival you see a duel; with two or more you see what the whole trade has and what is the account's own weakness. With fewer than two the plan is incomplete, and the system keeps saying so.

# %% kam={"course": ["2.F"], "part": "form"}
fill("competitors", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.F"], "part": "lesson"}
# **竞争态势矩阵**（CPM，也出自戴维）：选出几个成功关键因素，所有企业用**同一套权重**，各打 1 到 4 分。
#
# $$S_k = \sum_f w_f\, r_{fk} \qquad \Delta_f = w_f \left( r_{f} - \max_k r_{fk} \right)$$
#
# S 是每家的总分；Δ 是客户在一个因素上与最强对手的差距：负得最多的，就是它输得最多的地方。
#
# **口径。** 权重折算到合计为 1。有一家没有评分的因素，谁也不比，并列出来。

# %% [markdown] tags=["lang:en"]
# **The competitive profile matrix** (CPM, also David's): choose a few success factors, use the **same weights** for every company, rate each from 1 to 4.
#
# $$S_k = \sum_f w_f\, r_{fk} \qquad \Delta_f = w_f \left( r_{f} - \max_k r_{fk} \right)$$
#
# S is a company's score; Δ is how far the account is from its best rival on one factor: the most negative is where it loses most.
#
# **Conventions.** Weights are scaled to add up to 1. A factor on which one company is not rated is compared for nobody, and is named.

# %% kam={"course": ["2.F"], "part": "analysis"}
show.charts.rivals(book.knowing.rivals, book.context);

# %% kam={"course": ["2.F"], "part": "analysis"}
show.findings.rivals(book.knowing.rivals, book.context)

# %% kam={"course": ["2.F"], "part": "analysis"}
show.tables.rivals(book.knowing.rivals, book.context)

# %% kam={"course": ["2.F"], "part": "golden"}
figures(book, "2.F")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.F"], "part": "lesson"}
# **怎么办。** 在客户输得最多、而我们帮得上忙的因素上，提一个方案。帮不上忙的，别勉强。
#
# **局限。** 总分差 0.1 分说明不了什么；看的是差距最大的那一两个因素。还要记住：您供货给客户的对手时，从那里听来的话不能拿到这里用。

# %% [markdown] tags=["lang:en"]
# **What to do.** Make a proposal on the factor where the account loses most and we can help. Where we cannot, do not force it.
#
# **Limits.** A difference of 0.1 in the total means nothing; look at the one or two widest gaps. And remember: where you supply the account's rivals too, what you hear there must not be used here.

# %% kam={"course": ["2.F"], "part": "exercise"}
exercise("2.F.x1", book)

# %% kam={"course": ["2.F"], "part": "exercise"}
exercise("2.F.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.G"], "part": "heading"}
# ## 2.G 何谓“客户情报”？

# %% [markdown] tags=["lang:en"]
# ## 2.G What is customer intelligence?

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.G"], "part": "lesson"}
# **消息不是情报。** “听说采购总监要走”是消息；加上来源、可靠程度、日期，再加一句“所以呢”，才是情报：它能让我们作出一个不同的决定。
#
# **编码。** 用海军部编码（Admiralty code）：来源和内容**分开**打分，因为可靠的人也会听错，不可靠的人偶尔说对。
#
# | | 来源可靠性 | | 内容可信度 |
# |---|---|---|---|
# | **A** | 完全可靠 | **1** | 已由他处证实 |
# | **B** | 通常可靠 | **2** | 很可能属实 |
# | **C** | 比较可靠 | **3** | 可能属实 |
# | **D** | 通常不可靠 | **4** | 存疑 |
# | **E** | 不可靠 | **5** | 不太可能 |
# | **F** | 无法判断 | **6** | 无法判断 |
#
# F 和 6 的意思是“不知道”，**不是**“最差”。

# %% [markdown] tags=["lang:en"]
# **News is not intelligence.** "The head of purchasing is said to leave" is news; with its source, how reliable that is, a date and a "so what" it becomes intelligence: something that makes us decide differently.
#
# **The code.** Use the Admiralty code: rate source and content **apart**, for a reliable person may mishear, and an unreliable one is sometimes right.
#
# | | Reliability of the source | | Credibility of the content |
# |---|---|---|---|
# | **A** | reliable | **1** | confirmed by others |
# | **B** | usually reliable | **2** | probably true |
# | **C** | fairly reliable | **3** | possibly true |
# | **D** | not usually reliable | **4** | doubtful |
# | **E** | unreliable | **5** | improbable |
# | **F** | cannot be judged | **6** | cannot be judged |
#
# F and 6 mean "not known", and **not** "worst".

# %% kam={"course": ["2.G"], "part": "form"}
fill("intelligence", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.G"], "part": "lesson"}
# **会变旧。** 每条情报有一个半衰期 h：过了 h 天，只剩一半价值。价格的消息几周就旧，组织架构可以用半年。
#
# $$\text{分量} = \text{可靠性} \times \text{可信度} \times 0.5^{\,d/h}$$
#
# **口径。** d 是离报告日的天数。没有写半衰期的，用 `settings.yml` 里的数。A 和 1 算 1 分，每降一级少 0.2：编码本身只排次序，这些数字是本教材定的。新鲜度降到 0.5 算变旧，降到 0.25 算过期。

# %% [markdown] tags=["lang:en"]
# **It fades.** Each piece has a half-life h: after h days it is worth half. News of a price is old within weeks, an organisation chart may serve for half a year.
#
# $$\text{weight} = \text{reliability} \times \text{credibility} \times 0.5^{\,d/h}$$
#
# **Conventions.** d is the number of days before the date of the report. Without a half-life of its own a piece takes the one in `settings.yml`. A and 1 count 1, and each step 0.2 less: the code gives only an order, the figures are this workbook's own. From a freshness of 0.5 a piece is fading, from 0.25 stale.

# %% kam={"course": ["2.G"], "part": "analysis"}
show.charts.intelligence(book.knowing.intelligence, book.context);

# %% kam={"course": ["2.G"], "part": "analysis"}
show.findings.intelligence(book.knowing.intelligence, book.context)

# %% kam={"course": ["2.G"], "part": "analysis"}
show.tables.intelligence(book.knowing.intelligence, book.context)

# %% kam={"course": ["2.G"], "part": "golden"}
figures(book, "2.G")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.G"], "part": "lesson"}
# **怎么办。** 最重的一条，这周就用；过期的，去更新或者不再引用；没有“对我们意味着什么”的，补上，补不出就删掉。
#
# **局限。** 情报要取之有道：公开资料、客户亲口、自己观察，都可以；花钱买内部文件、打听别人的隐私，不行。

# %% [markdown] tags=["lang:en"]
# **What to do.** Use the heaviest piece this week; renew what is stale or stop quoting it; add what each means for us, and drop what means nothing.
#
# **Limits.** Come by it properly: published material, the account's own words and your own eyes are fine; paying for internal papers or prying into people's private matters is not.

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.G"], "part": "discussion"}
# **讨论（两人一组，5 分钟）。** 下面三条，哪些可以写进情报表？
#
# - 您在客户门店数了数，对手的陈列多了两排；
# - 客户的员工喝酒时说，老板正在办离婚；
# - 前同事跳槽到客户的对手那里，发来一份内部报价单。

# %% [markdown] tags=["lang:en"]
# **Discussion (in pairs, 5 minutes).** Which of these three may go into the log?
#
# - you counted two more shelves of a rival brand in the account's store;
# - over drinks one of the account's people said that the owner is getting divorced;
# - a former colleague, now with a rival of the account, sent you an internal price list.

# %% kam={"course": ["2.G"], "part": "exercise"}
exercise("2.G.x1", book)

# %% kam={"course": ["2.G"], "part": "exercise"}
exercise("2.G.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.H"], "part": "heading"}
# ## 2.H 需求与供给：大客户管理供需思考的三板斧

# %% [markdown] tags=["lang:en"]
# ## 2.H Demand and supply: the three signature moves

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.H"], "part": "lesson"}
# “三板斧”就是三个看家动作，一个接一个：客户**要什么** → 我们**能给什么** → 我们**想得到什么**。三板斧没有公认的标准表格，这里的表是本教材自拟的。
#
# **一条铁律。** 每一次“给”，都要换回一次“得”。只给不得，下一次谈判就从这里起步。

# %% [markdown] tags=["lang:en"]
# The "three signature moves" (san ban fu) follow one another: what the account **wants** → what we **can give** → what we **wish to get**. There is no accepted form for them; this one is this workbook's own.
#
# **One iron rule.** Every give has its get. What is given for nothing is where the next negotiation starts.

# %% kam={"course": ["2.H", "2.H.1", "2.H.2", "2.H.3"], "part": "form"}
fill("three_moves", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.H"], "part": "lesson"}
# **需求满足度**告诉您，客户看重的东西，我们满足了几成：
#
# $$\text{需求满足度} = \frac{\sum_i \text{重要性}_i \times \text{满足程度}_i}{\sum_i \text{重要性}_i}$$
#
# **口径。** 重要性 1 到 5，站在客户那边打分；满足程度 0% 到 100%。缺一边的要求不算，并写明算进来的占多少重要性。成本和价值都写一年的金额。

# %% [markdown] tags=["lang:en"]
# **The fit of demand and supply** tells how much of what matters to the account we satisfy:
#
# $$\text{fit} = \frac{\sum_i \text{importance}_i \times \text{satisfied}_i}{\sum_i \text{importance}_i}$$
#
# **Conventions.** Importance from 1 to 5, as the account sees it; satisfied from 0% to 100%. An ask that lacks either is left out, and how much of the importance is in the figure is stated. Cost and value are for one year.

# %% kam={"course": ["2.H", "2.H.1", "2.H.2"], "part": "analysis"}
show.charts.moves(book.knowing.moves, book.context);

# %% kam={"course": ["2.H", "2.H.1", "2.H.2", "2.H.3"], "part": "analysis"}
show.findings.moves(book.knowing.moves, book.context)

# %% kam={"course": ["2.H"], "part": "golden"}
figures(book, "2.H")

# %% kam={"course": ["2.H"], "part": "exercise"}
exercise("2.H.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.H.1"], "part": "heading"}
# ### 2.H.1 客户会要求哪些特殊的条件？

# %% [markdown] tags=["lang:en"]
# ### 2.H.1 Which special terms will the account ask for?

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.H.1"], "part": "lesson"}
# 在客户开口**之前**就写好：价格、返利、账期、进场费、独家产品、供货、驻场人员、退换货、联合推广、数据。每一条都问一句“它**为什么**要”。要更长的账期，可能是缺现金，也可能只是采购要完成指标；原因不同，办法就不同。
#
# **口径。** 一条要求一个编号，后面两板斧都用这个编号对上。

# %% [markdown] tags=["lang:en"]
# Write them down **before** the account speaks: price, rebate, payment days, listing fees, exclusive products, supply, people on site, returns, joint promotion, data. For each ask **why** it wants that. Longer payment days may mean that cash is short, or only that the buyer has a target to meet; another reason, another way out.
#
# **Conventions.** Each ask has a number, and the other two moves refer to it.

# %% kam={"course": ["2.H.1"], "part": "exercise"}
exercise("2.H.1.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.H.2"], "part": "heading"}
# ### 2.H.2 您能够满足客户什么？

# %% [markdown] tags=["lang:en"]
# ### 2.H.2 What can you satisfy?

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.H.2"], "part": "lesson"}
# 把“重要”和“做得到”交叉，每条要求就有了去处：
#
# | | 难做到 | 做得到 |
# |---|---|---|
# | **客户看重** | 想办法：一起找别的路 | 给，换回报 |
# | **客户不太看重** | 婉拒 | 拿来交换：留作筹码 |
#
# 最好的筹码，是**对客户值钱、对我们便宜**的东西：比值 = 对客户的价值 ÷ 我们的成本。

# %% [markdown] tags=["lang:en"]
# Cross "important" with "feasible", and each ask has its place:
#
# | | Hard for us | Feasible |
# |---|---|---|
# | **Matters to the account** | Find a way: look for another road together | Give, for a return |
# | **Matters less** | Decline | Use in trade: keep it as a chip |
#
# The best chips are **worth much to the account and cheap for us**: ratio = value to the account ÷ our cost.

# %% kam={"course": ["2.H.2", "2.H.1", "2.H.3"], "part": "analysis"}
show.tables.moves(book.knowing.moves, book.context)

# %% kam={"course": ["2.H.2"], "part": "exercise"}
exercise("2.H.2.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.H.3"], "part": "heading"}
# ### 2.H.3 您希望透过合作，达到什么样的成效？

# %% [markdown] tags=["lang:en"]
# ### 2.H.3 What result do you want from working together?

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.H.3"], "part": "lesson"}
# 成效要写成能验收的样子：换回什么、用什么指标、到哪一天。“关系更好”不算成效；“年底前进 30 家新店”才算。
#
# **怎么办。** 给的加起来比得的多，先不要急着减“给”，先去想还能要什么：数据、陈列、独家、提前的预测，客户给起来往往不贵。
#
# **局限。** 两边的金额都是估计。缺数字的那几条没有算进净额，所以先看缺了几条，再看净额是正是负。

# %% [markdown] tags=["lang:en"]
# Write results so that they can be checked: what we get, by which measure, by which day. "A better relationship" is no result; "30 new stores listed by the end of the year" is one.
#
# **What to do.** Where we give more than we get, do not hurry to give less; think first what else to ask for: data, display, exclusivity, an early forecast often cost the account little.
#
# **Limits.** Both amounts are estimates. Asks without a figure are not in the net; so see how many are missing before you look at its sign.

# %% kam={"course": ["2.H.3"], "part": "exercise"}
exercise("2.H.3.x1", book)

# %% kam={"course": ["2.H.3"], "part": "exercise"}
exercise("2.H.3.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.I"], "part": "heading"}
# ## 2.I 不同的客户，不同的资源投入重点

# %% [markdown] tags=["lang:en"]
# ## 2.I Different accounts, different resource focus

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.I"], "part": "lesson"}
# 资源平均撒，谁都不满意。比一比两个占比：这家客户**用掉**多少资源，又**带来**多少贡献？
#
# $$\text{指数} = \frac{\text{资源占比}}{\text{贡献占比}}$$
#
# **口径。** 这里的资源是能记账的部分：A&P 费用、消费者促销和服务成本，最近 12 个月。指数 1 表示相称，高于 1 是投得多。贡献为 0 或负数时，指数没有意义，不写；看两个占比的差。

# %% [markdown] tags=["lang:en"]
# Resources spread evenly please nobody. Compare two shares: how much of the resources does this account **use**, and how much of the contribution does it **bring**?
#
# $$\text{index} = \frac{\text{share of resources}}{\text{share of contribution}}$$
#
# **Conventions.** Resources here are what the books show: A&P, consumer promotion and cost to serve over the last 12 months. An index of 1 is in proportion, above 1 more is put in. With a contribution of 0 or below the index means nothing and is left out; look at the difference of the shares.

# %% kam={"course": ["2.I"], "part": "analysis"}
show.charts.resource_focus(book.portfolio.resource_focus, book.context);

# %% kam={"course": ["2.I"], "part": "analysis"}
show.findings.resource_focus(book.portfolio.resource_focus, book.context)

# %% kam={"course": ["2.I"], "part": "analysis"}
show.tables.resource_focus(book.portfolio.resource_focus, book.context)

# %% kam={"course": ["2.I"], "part": "golden"}
figures(book, "2.I")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.I"], "part": "lesson"}
# **怎么办。** 投得多而正在长的，是投资：写明投到哪一天、换回什么。投得多而不长的，是习惯：从这里抽。投得少而贡献大的，别等它来抱怨。
#
# **局限。** 贡献说的是过去；分级矩阵里的“明星”客户，本来就应该先投后收。

# %% [markdown] tags=["lang:en"]
# **What to do.** Where much is put in and the account grows it is an investment: write down until when and for what. Where it does not grow it is a habit: take from here. Where little is put in and much comes back, do not wait for a complaint.
#
# **Limits.** Contribution speaks of the past; a "Star" of the grading matrix is meant to cost first and pay later.

# %% kam={"course": ["2.I"], "part": "exercise"}
exercise("2.I.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.I.1"], "part": "heading"}
# ### 2.I.1 何谓资源？

# %% [markdown] tags=["lang:en"]
# ### 2.I.1 What is a resource?

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.I.1"], "part": "lesson"}
# 钱只是其中一种。本教材把资源分为 6 种（自拟）：
#
# | 资源 | 例子 | 最容易忘的代价 |
# |---|---|---|
# | 资金 | A&P、返利、账期 | 账期也是钱 |
# | 人员时间 | 拜访、驻场、方案 | 给了这家，就没有那家 |
# | 产品配额 | 紧俏货、独家包装 | 别的渠道会断货 |
# | 服务水平 | 加急、小单、退换 | 成本藏在物流里 |
# | 管理层关注 | 高层拜访 | 最少，又不能买 |
# | 信息与数据 | 市场数据、培训 | 给出去收不回来 |
#
# 清单每行写：谁管、有多少、已经用了多少。**没有人管的资源，等于没有。** 清单在下一节的表格里填。

# %% [markdown] tags=["lang:en"]
# Money is only one of them. This workbook names 6 kinds (its own list):
#
# | Resource | Examples | The cost most often forgotten |
# |---|---|---|
# | Money | A&P, rebates, payment days | payment days are money too |
# | People's time | visits, staff on site, proposals | what one account has, another lacks |
# | Product allocation | goods in short supply, exclusive packs | other channels run out |
# | Service level | rush orders, small orders, returns | the cost hides in logistics |
# | Management attention | visits by the top | scarcest, and not for sale |
# | Information and data | market data, training | once given, never taken back |
#
# Each line of the inventory says who looks after it, how much there is, how much is used. **A resource that nobody looks after is not there.** It is filled in in the form of the next section.

# %% kam={"course": ["2.I.1"], "part": "analysis"}
show.tables.resources(book.knowing.resources, book.context)

# %% kam={"course": ["2.I.1"], "part": "exercise"}
exercise("2.I.1.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.I.2"], "part": "heading"}
# ### 2.I.2 销售团队的管理是否到位，足以支撑战略的执行？

# %% [markdown] tags=["lang:en"]
# ### 2.I.2 Is the sales team managed well enough to carry the strategy?

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.I.2"], "part": "lesson"}
# 战略写得再好，没有人盯目标、没有授权、没有激励，也走不动。8 个项目（本教材自拟），各打 0 到 2 分：0 没有，1 有但没有落实，2 有并且拿得出证据。
#
# **口径。** 到位程度 = 得分 ÷ 满分，只算评了分的项目。
#
# **铁律。** 一个战略所需要的项目里，只要有一个是 0，这个战略就**先不要启动**：2 分补不了 0 分。哪个战略需要哪几项，写在 `settings.yml` 里。

# %% [markdown] tags=["lang:en"]
# The best strategy goes nowhere if nobody follows the targets and there is neither authority nor incentive. 8 items (this workbook's own), rated from 0 to 2: 0 not there, 1 there but not lived, 2 there with evidence.
#
# **Conventions.** Readiness = points ÷ points possible, over the items that are rated.
#
# **Iron rule.** Where one item that a strategy needs stands at 0, **do not start** that strategy: a 2 elsewhere does not make up for a 0. Which strategy needs which items stands in `settings.yml`.

# %% kam={"course": ["2.I.2", "2.I.1"], "part": "form"}
fill("readiness", book)

# %% kam={"course": ["2.I.2"], "part": "analysis"}
show.charts.readiness(book.knowing.readiness, book.context);

# %% kam={"course": ["2.I.2", "2.I.1"], "part": "analysis"}
show.findings.resources(book.knowing.resources, book.context, book.knowing.readiness)

# %% kam={"course": ["2.I.2"], "part": "golden"}
figures(book, "2.I.2")

# %% kam={"course": ["2.I.2"], "part": "exercise"}
exercise("2.I.2.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.J"], "part": "heading"}
# ## 2.J 大客户管理和企业整体战略结合

# %% [markdown] tags=["lang:en"]
# ## 2.J Key account management and company strategy

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.J"], "part": "lesson"}
# 大客户经理很容易成为“客户的人”：客户要什么就回公司争什么。所以要问一句反过来的话：**做这个客户，和公司要走的路，是互相加强，还是互相拉扯？**
#
# **做法。** 4 条轴，各打 1 到 5 分：1 互相冲突，3 不冲突也不支持，5 互相加强。先看**最低分**，再看平均分：链条断在最弱的一环。
#
# **口径。** 任何一条轴不高于 2 就是冲突，亮红灯；4 条都评了、都不低于 4 是绿灯；评完而两样都不是，亮黄灯。没有评分的轴不猜；没有评完又看不出冲突，不亮灯。

# %% [markdown] tags=["lang:en"]
# A key account manager easily becomes "the account's own": whatever it wants is fought for at home. So turn the question round: **do this account and the way our company wants to go strengthen each other, or pull apart?**
#
# **Method.** 4 axes, each rated from 1 to 5: 1 they conflict, 3 neither helps nor harms, 5 they strengthen each other. Look at the **lowest** first and at the mean afterwards: a chain breaks at its weakest link.
#
# **Conventions.** An axis at 2 or below is a conflict and turns the light red; with all 4 rated and none below 4 it is green; all rated and neither of these, amber. An axis that is not rated is not guessed; while some are open and no conflict is known there is no light.

# %% kam={"course": ["2.J", "2.J.1", "2.J.2", "2.J.3", "2.J.4"], "part": "form"}
fill("strategic_fit", book)

# %% kam={"course": ["2.J", "2.J.1", "2.J.2", "2.J.3", "2.J.4"], "part": "analysis"}
show.charts.strategic_fit(book.knowing.fit, book.context);

# %% kam={"course": ["2.J", "2.J.1", "2.J.2", "2.J.3", "2.J.4"], "part": "analysis"}
show.findings.strategic_fit(book.knowing.fit, book.context)

# %% kam={"course": ["2.J"], "part": "golden"}
figures(book, "2.J")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.J"], "part": "lesson"}
# **怎么办。** 有冲突，先在公司内部谈：是改对这个客户的做法，还是为它破一次例？破例要有人拍板、有期限。带着冲突去见客户，最后两头得罪。
#
# **局限。** 4 条轴由我们自己打分，容易打高；每一条低分和高分，都请另一个部门的人再打一次。

# %% [markdown] tags=["lang:en"]
# **What to do.** Settle a conflict at home first: change the way we work this account, or make an exception? An exception needs somebody who decides and a date on which it ends. Whoever takes the conflict to the account offends both sides.
#
# **Limits.** We rate the 4 axes ourselves, and tend to rate high; have somebody from another function rate the lows and the highs again.

# %% kam={"course": ["2.J"], "part": "exercise"}
exercise("2.J.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.J.1"], "part": "heading"}
# ### 2.J.1 与营销战略结合

# %% [markdown] tags=["lang:en"]
# ### 2.J.1 Fit with marketing strategy

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.J.1"], "part": "lesson"}
# 问三句：它的促销节奏，和我们的品牌投放合拍吗？它的价格打法，会不会拉低我们的价格带？它要的推广，是在建品牌，还是在透支品牌？
#
# **怎么办。** 冲突多半出在价格上：用独家规格、独家组合来满足它，而不是用同一件产品的低价。

# %% [markdown] tags=["lang:en"]
# Ask three things: do its promotions keep step with our brand's? Does its way of pricing pull down our price range? Does the promotion it wants build the brand, or use it up?
#
# **What to do.** The conflict is mostly about price: serve the account with a size or a bundle of its own, and not with a lower price on the same product.

# %% kam={"course": ["2.J.1"], "part": "exercise"}
exercise("2.J.1.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.J.2"], "part": "heading"}
# ### 2.J.2 与产品定位结合

# %% [markdown] tags=["lang:en"]
# ### 2.J.2 Fit with product positioning

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.J.2"], "part": "lesson"}
# 问三句：它的顾客，是不是我们这些产品要服务的人？它要我们卖的，是主推产品还是边缘产品？它要自有品牌时，我们接不接？
#
# **怎么办。** 定位不合的产品不进它的门；宁可少卖几个单品，也不要让一个好产品站错货架。

# %% [markdown] tags=["lang:en"]
# Ask three things: are its shoppers the people our products are meant for? Does it want our main products or those at the edge? When it asks for a private label, do we make it?
#
# **What to do.** Keep out of it what does not fit; better a few items fewer than a good product on the wrong shelf.

# %% kam={"course": ["2.J.2"], "part": "exercise"}
exercise("2.J.2.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.J.3"], "part": "heading"}
# ### 2.J.3 与渠道管理结合

# %% [markdown] tags=["lang:en"]
# ### 2.J.3 Fit with channel management

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.J.3"], "part": "lesson"}
# 问三句：给它的条件，别的渠道知道了会怎样？货会不会从它那里窜到别的区域？它要直供，原来的经销商怎么办？
#
# **怎么办。** 条件要跟着**功能**走（它做了什么才有什么），不跟着名字走。这样别的客户来要同样的条件时，您有话可答。

# %% [markdown] tags=["lang:en"]
# Ask three things: what if other channels learn of its terms? Do goods leak from it into other regions? If it wants direct supply, what becomes of the distributor?
#
# **What to do.** Let terms follow **functions** (so much for so much done) and not names. Then you have an answer when others ask for the same.

# %% kam={"course": ["2.J.3"], "part": "exercise"}
exercise("2.J.3.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.J.4"], "part": "heading"}
# ### 2.J.4 与人力资源结合

# %% [markdown] tags=["lang:en"]
# ### 2.J.4 Fit with human resources

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.J.4"], "part": "lesson"}
# 问三句：服务它需要的人，我们有吗，招得到、留得住吗？奖金制度奖励的，是它需要的行为吗？大客户经理换人，有没有人能接？
#
# **怎么办。** 人不够，就少承诺；奖金不对，先改奖金。指望一个人靠热情长期做没有奖励的事，是管理的失误。

# %% [markdown] tags=["lang:en"]
# Ask three things: have we the people it needs, and can we find and keep them? Do our bonuses reward the behaviour it needs? When the key account manager changes, is there somebody to take over?
#
# **What to do.** With too few people promise less; where bonuses are wrong, change the bonuses first. To count on enthusiasm for what is never rewarded is a fault of management.

# %% kam={"course": ["2.J.4"], "part": "exercise"}
exercise("2.J.4.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.K"], "part": "heading"}
# ## 2.K 建立大客户管理团队

# %% [markdown] tags=["lang:en"]
# ## 2.K Building the key-account team

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.K"], "part": "lesson"}
# 一个人做不了大客户。客户那边有采购、品类、物流、财务、门店、老板；我们这边如果只有一名销售，所有的话都要挤过一个漏斗，漏斗一换人就断了。
#
# **做法。** 从客户的要求倒推：它最在意的事，我们哪个部门做得到？那个部门就要有人在团队里，有名字、有任务、有时间。挂名的不算。
#
# **局限。** 团队不是越大越好：每多一个人，就多一份沟通。说不出任务的人，不进团队。

# %% [markdown] tags=["lang:en"]
# Nobody works a key account alone. On its side there are purchasing, category, logistics, finance, stores and the owner; if on ours there is one salesperson, every word squeezes through a funnel, and when that person leaves it breaks.
#
# **How.** Work backwards from what the account wants: which of our functions can deliver what matters most? That function needs somebody in the team, with a name, a task and time. A name on a list does not count.
#
# **Limits.** Larger is not better: every member adds talk. Whoever has no task does not join.

# %% kam={"course": ["2.K"], "part": "exercise"}
exercise("2.K.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.K.1"], "part": "heading"}
# ### 2.K.1 大客户经理需要哪些人的支持？

# %% [markdown] tags=["lang:en"]
# ### 2.K.1 Whose support does the key account manager need?

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.K.1"], "part": "lesson"}
# 先写清楚向谁要什么支持、**给对方什么**作交换；再用 RACI 把每件事分清：
#
# - **R** 执行：动手做的人，至少一个；
# - **A** 负责：拍板并承担后果的人，**正好一个**；
# - **C** 咨询：做之前要问的人；
# - **I** 知会：做完要告诉的人。
#
# **口径。** 没有 A、有两个 A、没有 R，都是错误；没有人被知会，或者一个岗位负责的事多于 2 件，是提醒。

# %% [markdown] tags=["lang:en"]
# First write whose support is needed, and **what they get** in return; then settle each task by RACI:
#
# - **R** responsible: whoever does it, at least one;
# - **A** accountable: whoever decides and answers for it, **exactly one**;
# - **C** consulted: whoever is asked before;
# - **I** informed: whoever is told afterwards.
#
# **Conventions.** No A, two As or no R are errors; nobody informed, or a post accountable for more than 2 tasks, is a warning.

# %% kam={"course": ["2.K.1"], "part": "form"}
fill("support", book)

# %% kam={"course": ["2.K.1"], "part": "analysis"}
show.tables.raci(book.knowing.raci_table, book.context, book.knowing.raci)

# %% kam={"course": ["2.K.1"], "part": "analysis"}
show.findings.raci(book.knowing.raci, book.context)

# %% kam={"course": ["2.K.1"], "part": "golden"}
figures(book, "2.K.1")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.K.1"], "part": "lesson"}
# **怎么办。** 有错误的那一行，今天就找两个部门当面定下来。A 太多的人是瓶颈，不是能干。
#
# **局限。** 表格分清了责任，没有分到时间：再看“每月人天”那一栏，答应的人天，他的上级点过头吗？

# %% [markdown] tags=["lang:en"]
# **What to do.** Settle a line with an error today, with both functions in the room. Somebody with too many As is a bottleneck and not a star.
#
# **Limits.** The table shares out responsibility, and no time: see the days a month, and ask whether that person's manager has agreed to them.

# %% kam={"course": ["2.K.1"], "part": "exercise"}
exercise("2.K.1.x1", book)

# %% kam={"course": ["2.K.1"], "part": "exercise"}
exercise("2.K.1.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.K.2"], "part": "heading"}
# ### 2.K.2 “多层次”的大客户战略管理团队

# %% [markdown] tags=["lang:en"]
# ### 2.K.2 The multi-level strategic account team

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.K.2"], "part": "lesson"}
# 麦克唐纳、米尔曼与罗杰斯（McDonald, Millman & Rogers）用两个图形说明关系的成熟：一开始是**领结**，两家公司只在一个点上相碰（销售对采购）；成熟以后是**钻石**，两边的高层、财务、物流、市场各自对上，中间是大客户经理。
#
# **看人。** 韦伯斯特与温德（Webster & Wind）说，买东西的是一个“采购中心”：使用者、影响者、采购执行、决策者、把关者；本教材另加“审批者”。只认识采购执行，等于只认识一个签字的人。

# %% [markdown] tags=["lang:en"]
# McDonald, Millman and Rogers show by two shapes how a relationship ripens: at first a **bow tie**, where two companies touch in one point (seller and buyer); later a **diamond**, where top management, finance, logistics and marketing of both sides meet, with the key account manager in the middle.
#
# **The people.** According to Webster and Wind a "buying centre" buys: users, influencers, buyers, deciders, gatekeepers; this workbook adds the approver. Whoever knows only the buyer knows somebody who signs.

# %% kam={"course": ["2.K.2"], "part": "form"}
fill("contacts", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.K.2"], "part": "lesson"}
# **关系覆盖度**：有影响力的人，对我们是什么态度？
#
# $$\text{覆盖度} = \frac{\sum_i I_i\, s_i}{\sum_i I_i}$$
#
# **口径。** I 是影响力（1 到 5），s 是态度（-2 反对，0 中立，2 主动支持），所以结果也在 -2 到 2 之间。态度不知道的人不算，并写明算进来的影响力占多少。一个人占全部接触的 50% 以上，叫**单线**。

# %% [markdown] tags=["lang:en"]
# **Coverage of the relationship**: how do the influential people stand to us?
#
# $$\text{coverage} = \frac{\sum_i I_i\, s_i}{\sum_i I_i}$$
#
# **Conventions.** I is influence (1 to 5), s is sentiment (-2 against, 0 neutral, 2 active support), so the result lies between -2 and 2 as well. People whose sentiment is not known are left out, and how much of the influence is in the figure is stated. One person with more than 50% of all contacts is a **single thread**.

# %% kam={"course": ["2.K.2"], "part": "analysis"}
show.maps.relationship_map(book.knowing.relationships, book.context);

# %% kam={"course": ["2.K.2"], "part": "analysis"}
show.maps.relationship_findings(book.knowing.relationships, book.context)

# %% kam={"course": ["2.K.2"], "part": "analysis"}
show.tables.contact_matrix(book.knowing.contact_matrix, book.context)

# %% kam={"course": ["2.K.2"], "part": "analysis"}
show.findings.contact_matrix(book.knowing.contact_matrix, book.context)

# %% kam={"course": ["2.K.2"], "part": "golden"}
figures(book, "2.K.2")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.K.2"], "part": "lesson"}
# **怎么办。** 影响力大而没有人对接的，先补；单线的，这个月就约第二个人；反对的人，先弄清楚他在意什么。
#
# **局限。** 态度是我们的感觉，写上日期。这张表记的是人：只写工作需要的信息，不写私事；当事人可以要求删除，系统里有这个功能。

# %% [markdown] tags=["lang:en"]
# **What to do.** First cover the influential person whom nobody meets; on a single thread meet a second person this month; with an opponent, find out what that person cares about.
#
# **Limits.** Sentiment is our feeling; date it. This form is about people: record only what the work needs, and nothing private; anyone may ask to be erased, and the system can do it.

# %% kam={"course": ["2.K.2"], "part": "exercise"}
exercise("2.K.2.x1", book)

# %% kam={"course": ["2.K.2"], "part": "exercise"}
exercise("2.K.2.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.L"], "part": "heading"}
# ## 2.L 大客户人员的三种角色

# %% [markdown] tags=["lang:en"]
# ## 2.L Three roles of key-account people

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.L"], "part": "lesson"}
# 课程讲三种角色，但没有公认的分法。下面三种是本教材自拟的：
#
# | 角色 | 做什么 | 没有人担任时，会看到什么 |
# |---|---|---|
# | 客户战略规划者 | 想清楚三年后要到哪里，写计划 | 天天救火，年年重来 |
# | 内部资源协调者 | 把公司里的人、货、钱调到位 | 客户听到“我去问问”，就没有下文 |
# | 客户关系经营者 | 在客户的每个层级建立信任 | 采购一换人，从头再来 |
#
# 一个人可以兼任；要紧的是每种角色都**有人**、有时间、有决定权，写在角色卡上。

# %% [markdown] tags=["lang:en"]
# The course speaks of three roles, yet there is no accepted division. These three are this workbook's own:
#
# | Role | What it does | What you see where nobody holds it |
# |---|---|---|
# | Account strategist | thinks out where to be in three years, writes the plan | fires every day, and every year from the beginning |
# | Coordinator of our own resources | brings people, goods and money together | the account hears "let me ask", and nothing more |
# | Builder of the relationship | wins trust on every level of the account | the buyer changes, and all starts again |
#
# One person may hold several; what counts is that each role is **held**, with time and rights to decide, on a role card.

# %% kam={"course": ["2.L"], "part": "form"}
fill("roles", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.L"], "part": "discussion"}
# **讨论（全组，10 分钟）。** 把最近一个月的日程拿出来，每件事归到一种角色。时间最少的是哪一种？它本来该有多少？

# %% [markdown] tags=["lang:en"]
# **Discussion (all, 10 minutes).** Take out your diary of the last month and put each entry under a role. Which has the least time? How much should it have?

# %% kam={"course": ["2.L"], "part": "exercise"}
exercise("2.L.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.M"], "part": "heading"}
# ## 2.M 满足哪些条件、具备哪些能力的销售人员能够担任大客户经理？

# %% [markdown] tags=["lang:en"]
# ## 2.M Which conditions and abilities make a key account manager?

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.M"], "part": "lesson"}
# **条件和能力要分开。** 条件是门槛（年资、业绩、语言、能不能出差、有没有合规问题）：过不了就不能担任，再强的能力也补不上。能力有高低，可以培养。
#
# **为什么不直接提拔销售冠军？** 冠军的本事是拿下订单；大客户经理多数时间在做计划、调资源、经营多层关系。两种工作，两套能力。
#
# 战略客户管理协会（SAMA）也有自己的能力模型，分 5 个领域；这里的 8 项能力是本教材自拟的。

# %% [markdown] tags=["lang:en"]
# **Keep conditions and abilities apart.** Conditions are a threshold (years, results, languages, travel, compliance): without them nobody can hold the post, and no ability makes up for it. Abilities come in degrees and can be trained.
#
# **Why not promote the best seller?** The champion's art is to win orders; a key account manager mostly plans, moves resources and tends relationships on many levels. Two jobs, two sets of abilities.
#
# The Strategic Account Management Association (SAMA) has a model of its own with 5 areas; the 8 abilities here are this workbook's own.

# %% kam={"course": ["2.M"], "part": "form"}
fill("abilities", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.M"], "part": "lesson"}
# **先培养哪一项？** 看差距，不看分数：
#
# $$\text{加权差距} = w \times \max(0,\ \text{要求} - \text{现状})$$
#
# **口径。** 评分 1 到 5。“要求”由这个客户决定，先定；“现状”按看见的行为评，后评。现状高于要求，差距算 0，不能拿去抵别的。还没有评的能力单独列出，不当作 0。

# %% [markdown] tags=["lang:en"]
# **What to train first?** Look at the gap and not at the rating:
#
# $$\text{weighted gap} = w \times \max(0,\ \text{required} - \text{actual})$$
#
# **Conventions.** Ratings run from 1 to 5. The "required" is set by this account, and set first; the "actual" is rated afterwards, by behaviour seen. More than required gives a gap of 0 and makes up for nothing else. An ability not yet rated is listed apart and is not 0.

# %% kam={"course": ["2.M"], "part": "analysis"}
show.charts.abilities(book.knowing.training, book.context);

# %% kam={"course": ["2.M"], "part": "analysis"}
show.findings.training(book.knowing.training, book.context)

# %% kam={"course": ["2.M"], "part": "analysis"}
show.tables.training(book.knowing.training, book.context)

# %% kam={"course": ["2.M"], "part": "golden"}
figures(book, "2.M")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.M"], "part": "lesson"}
# **怎么办。** 一次只培养一两项，写明方式、谁辅导、到哪一天、怎样算学会。差距太大、客户又等不及，就给他配一个人，不要硬撑。
#
# **局限。** 一个人的评分，只代表评的那个人的看法；至少请上级和一位跨部门的同事各评一次。这张表只用来培养人，不用来扣奖金。

# %% [markdown] tags=["lang:en"]
# **What to do.** Train one or two at a time, with the way, the coach, the date and the proof. Where the gap is too wide and the account cannot wait, add a person and do not muddle through.
#
# **Limits.** One person's rating is one person's view; have at least the manager and a colleague from another function rate apart. The form is for training people, and not for cutting bonuses.

# %% kam={"course": ["2.M"], "part": "exercise"}
exercise("2.M.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N"], "part": "heading"}
# ## 2.N 大客户销售人员专业化的四项标准

# %% [markdown] tags=["lang:en"]
# ## 2.N Four standards of professionalism

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N"], "part": "lesson"}
# 课程提出四项标准：产品知识、解决问题的能力、领导力、客户知识与参考权。怎样评才不靠印象？用**行为锚定等级**（BARS，史密斯与肯德尔，Smith & Kendall）：每一级都写成一个**看得见的行为**。
#
# **做法。** 从 1 级往上读，停在“他经常做到”的最后一级；拿不准，评低一级。写证据：什么时间、什么地点、做了什么。
#
# **口径。** 等级 1 到 5，只能是整数。平均数只算评过的人；没有证据的评分会列出来。四项标准是课程的提法，每一级的行为是本教材自拟的。

# %% [markdown] tags=["lang:en"]
# The course names four standards: product knowledge, problem solving, leadership, and customer knowledge with referent power. How to rate without going by impressions? With a **behaviourally anchored rating scale** (BARS, Smith and Kendall): each level is a **behaviour that can be seen**.
#
# **How.** Read upwards from level 1 and stop at the last that "is done regularly"; in doubt, rate one lower. Write the evidence: when, where, what was done.
#
# **Conventions.** Levels from 1 to 5, whole ones only. A mean counts the people who are rated; ratings without evidence are listed. The four standards are the course's, the behaviours of each level this workbook's own.

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N.1"], "part": "heading"}
# ### 2.N.1 产品知识

# %% [markdown] tags=["lang:en"]
# ### 2.N.1 Product knowledge

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N.1"], "part": "lesson"}
# 不是背参数，是说清楚产品**对这个客户**有什么用。初级的人讲规格和价格；到 3 级，能与竞品逐项比较，把特点变成利益，并拿出数据；再往上，客户做品类决策时会主动来问。
#
# **怎么用。** 差一级的人，给他一个任务：为这个客户算一个单品的毛利和周转，讲给同事听。

# %% [markdown] tags=["lang:en"]
# Not reciting data, but saying what a product does **for this account**. A beginner tells sizes and prices; at level 3 one compares with rivals point by point and turns features into benefits, with data; higher up, the account asks for advice in category decisions.
#
# **What to do with it.** Give whoever lacks a level a task: work out margin and turnover of one item for this account, and explain it to colleagues.

# %% kam={"course": ["2.N.1", "2.N"], "part": "form"}
fill("product_knowledge", book)

# %% kam={"course": ["2.N.1"], "part": "exercise"}
exercise("2.N.1.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N.2"], "part": "heading"}
# ### 2.N.2 解决问题的能力

# %% [markdown] tags=["lang:en"]
# ### 2.N.2 Problem solving

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N.2"], "part": "lesson"}
# 看他怎样处理最近一次**真实**的问题：缺货、窜货、账款争议、投诉。低级的人把问题转给别人；高级的人先分清现象和原因，给出两个以上的办法和各自的代价，还让同样的问题不再发生。
#
# **怎么用。** 每次出了问题，事后花 15 分钟对照 5 个等级：这次我们做到了哪一级？

# %% [markdown] tags=["lang:en"]
# Look at how a recent, **real** problem was handled: out of stock, diverted goods, a payment dispute, a complaint. The low levels pass it on; the high ones tell symptom from cause, give two or more ways with their price, and keep it from happening again.
#
# **What to do with it.** After each problem take 15 minutes and hold it against the 5 levels: which did we reach this time?

# %% kam={"course": ["2.N.2"], "part": "form"}
fill("problem_solving", book)

# %% kam={"course": ["2.N.2"], "part": "exercise"}
exercise("2.N.2.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N.3"], "part": "heading"}
# ### 2.N.3 何谓领导力？

# %% [markdown] tags=["lang:en"]
# ### 2.N.3 Leadership: what is it?

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N.3"], "part": "lesson"}
# 大客户经理多数时候没有行政权：物流不归他管，财务不归他管。**领导力，就是让不归您管的人愿意为这个客户出力。** 它看得见：会议有没有结论，有人没做到时谁开口，部门吵起来时谁能用事实谈拢。
#
# **怎么用。** 评的是行为，不是职务：经理可以是 1 级，专员可以是 3 级。

# %% [markdown] tags=["lang:en"]
# A key account manager mostly commands nobody: neither logistics nor finance reports to the post. **Leadership is to get people who do not report to you to work for this account.** It can be seen: whether meetings end with decisions, who speaks up when somebody has not delivered, who settles a quarrel of functions with facts.
#
# **What to do with it.** Rate behaviour and not rank: a manager may stand at level 1, a junior at level 3.

# %% kam={"course": ["2.N.3"], "part": "form"}
fill("leadership", book)

# %% kam={"course": ["2.N.3"], "part": "exercise"}
exercise("2.N.3.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N.4"], "part": "heading"}
# ### 2.N.4 何谓客户知识？何谓参考权？

# %% [markdown] tags=["lang:en"]
# ### 2.N.4 Customer knowledge and referent power: what are they?

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N.4"], "part": "lesson"}
# 弗伦奇与雷文（French & Raven）把权力的来源分为 5 种：强制、奖赏、职位、专家、参照。最后一种叫**参照权**（referent power），课程称为**参考权**：别人信任您、愿意以您为参照，不是因为您的职位。
#
# 客户知识是它的前提：懂客户怎么赚钱，客户才会在遇到难题时先来问您。
#
# **局限。** 参考权若只跟着一个人走，他一走就没了；5 级的标准是，信任跟着**团队**走。

# %% [markdown] tags=["lang:en"]
# French and Raven name 5 bases of power: coercion, reward, position, expertise and reference. The last is **referent power** (the course calls it the power of reference): others trust you and take you as their reference, and not because of your post.
#
# Customer knowledge comes first: only where you know how the account earns its money does it ask you first when there is a problem.
#
# **Limits.** Referent power that belongs to one person leaves with that person; level 5 says that the trust belongs to the **team**.

# %% kam={"course": ["2.N.4"], "part": "form"}
fill("customer_knowledge", book)

# %% kam={"course": ["2.N.4"], "part": "exercise"}
exercise("2.N.4.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N"], "part": "heading"}
# ### 小结：团队站在哪几级

# %% [markdown] tags=["lang:en"]
# ### In sum: on which levels the team stands

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.N"], "part": "lesson"}
# 现在把四项标准放在一起。先看最低的一项，再看同一项里最高和最低差多少：差得大，说明本事在个别人身上，请他来教。

# %% [markdown] tags=["lang:en"]
# Now set the four standards side by side. Look at the lowest first, then at the distance between highest and lowest within one standard: where it is wide, the skill sits with single people; have them teach.

# %% kam={"course": ["2.N"], "part": "analysis"}
show.charts.standards(book.knowing.standards, book.context);

# %% kam={"course": ["2.N"], "part": "analysis"}
show.findings.standards(book.knowing.standards, book.context)

# %% kam={"course": ["2.N"], "part": "analysis"}
show.tables.standards(book.knowing.standards, book.context)

# %% kam={"course": ["2.N"], "part": "golden"}
figures(book, "2.N")

# %% kam={"course": ["2.N"], "part": "exercise"}
exercise("2.N.x1", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.O"], "part": "heading"}
# ## 2.O 大客户团队制胜的五大核心要点

# %% [markdown] tags=["lang:en"]
# ## 2.O Five core points of a winning key-account team

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.O"], "part": "lesson"}
# 课程讲五大核心要点，没有公认的一套；下面五点是本教材自拟的：
#
# 1. **共同目标**：问每个人，目标说得一样；
# 2. **分工清楚**：哪件事谁拍板、谁来做；
# 3. **信任直言**：坏消息当天说得出口；
# 4. **资源到位**：要别的部门支持时，支持会来；
# 5. **复盘改进**：同样的错不犯第二次。
#
# **做法。** 团队每人匿名打分，1 完全不同意，5 完全同意，每季度一次。

# %% [markdown] tags=["lang:en"]
# The course speaks of five core points, and there is no accepted set; these five are this workbook's own:
#
# 1. **Shared goal**: ask everyone, and hear the same goal;
# 2. **Clear roles**: who decides what, and who does it;
# 3. **Trust and candour**: bad news can be told the same day;
# 4. **Support**: when other functions are needed, they come;
# 5. **Review and learning**: no mistake is made twice.
#
# **How.** Everyone in the team answers without a name, 1 not at all, 5 fully, once a quarter.

# %% kam={"course": ["2.O"], "part": "form"}
fill("pulse", book)

# %% kam={"course": ["2.O"], "part": "analysis"}
show.charts.pulse(book.knowing.pulse, book.context);

# %% kam={"course": ["2.O"], "part": "analysis"}
show.findings.pulse(book.knowing.pulse, book.context)

# %% kam={"course": ["2.O"], "part": "golden"}
figures(book, "2.O")

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.O"], "part": "lesson"}
# **怎么读。** 先看**分歧**（标准差，图上写作“离散”），再看平均。平均 3 分，可能是人人 3 分，也可能一半 5 分、一半 1 分：后一种，平均数谁也不代表。分歧到了 1.0，就是下次会议的议题。
#
# **局限。** 少于 5 份答卷，既不可靠，也谈不上匿名；只当作提醒。

# %% [markdown] tags=["lang:en"]
# **How to read it.** Look at the **spread** (the standard deviation) first and at the mean afterwards. A mean of 3 may be a 3 from everyone, or half at 5 and half at 1: then it stands for nobody. A spread of 1.0 is a topic for the next meeting.
#
# **Limits.** Fewer than 5 answers are neither reliable nor anonymous; take them as a hint only.

# %% kam={"course": ["2.O"], "part": "exercise"}
exercise("2.O.x1", book)

# %% kam={"course": ["2.O"], "part": "exercise"}
exercise("2.O.x2", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "heading"}
# ## 健康度：把这一章合成一个数

# %% [markdown] tags=["lang:en"]
# ## The health score: this chapter in one figure

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "lesson"}
# 档案写完了，老板只问一句：“这个客户，好不好？”健康度就是一个有依据的回答：
#
# $$H = \frac{\sum_i w_i\, s_i}{\sum_i w_i}$$
#
# 7 个部分各在 0 到 100 分之间：销售增长、贡献率、付款、钱包份额来自数据；关系、服务、对客户的了解来自人。权重、分界线都写在 `settings.yml` 里，是选出来的，不是算出来的。

# %% [markdown] tags=["lang:en"]
# With the dossier written, the owner asks one thing: "How is this account?" The health score is an answer with grounds:
#
# $$H = \frac{\sum_i w_i\, s_i}{\sum_i w_i}$$
#
# 7 components, each from 0 to 100: growth of sales, contribution margin, payment and share of wallet come from data; relationship, service and knowledge of the account come from people. Weights and limits stand in `settings.yml`; they are chosen and not calculated.

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "lesson"}
# **口径。**
#
# - 缺的部分不算 0：它的权重分给别的部分，并写明有多少权重有依据；
# - 人说的话会变旧：权重乘以 0.5 的“天数 ÷ 半衰期”次方；
# - 付款亮红灯时，总分有一个上限：不付钱的客户，买得再多也不算健康。

# %% [markdown] tags=["lang:en"]
# **Conventions.**
#
# - a missing component is not 0: its weight goes to the others, and how much of the weight has evidence is stated;
# - what people said grows old: its weight is multiplied by 0.5 to the power of days ÷ half-life;
# - while payment is red the score has a ceiling: an account that does not pay is not healthy, whatever it buys.

# %% kam={"course": ["2.C"], "part": "analysis"}
show.charts.health(
    book.knowing.health,
    book.context,
    red=book.portfolio.settings.health.red,
    green=book.portfolio.settings.health.green,
);

# %% kam={"course": ["2.C"], "part": "analysis"}
show.findings.health(
    book.knowing.health,
    book.context,
    book.knowing.health_change,
    book.knowing.health_sensitivity,
    book.knowing.health_reds,
    red=book.portfolio.settings.health.red,
    green=book.portfolio.settings.health.green,
)

# %% kam={"course": ["2.C"], "part": "analysis"}
show.tables.health(
    book.knowing.health,
    book.context,
    red=book.portfolio.settings.health.red,
    green=book.portfolio.settings.health.green,
)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "lesson"}
# **什么让它变了？** 下图把一个月来的变化拆到每个部分：哪些是分数变了，哪些是权重变了；加起来正好等于总分的变化。

# %% [markdown] tags=["lang:en"]
# **What moved it?** The chart below shares out the change of one month among the components: what the scores did and what the weights did; together they make exactly the change of the total.

# %% kam={"course": ["2.C"], "part": "analysis"}
show.charts.health_change(book.knowing.health_change, book.context, current=book.knowing.health);

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.C"], "part": "lesson"}
# **怎么办。** 不要问“怎样把分数做高”，要问“红的那一部分，这个月做哪一件事”。
#
# **局限。** 一个数会盖住很多事：总分不变，可能是一个部分涨、另一个部分跌。分数用来提问，不用来发奖金；一旦发奖金，填表的人就会把它填高。

# %% [markdown] tags=["lang:en"]
# **What to do.** Do not ask how to raise the score, but which one thing to do this month about the component in the red.
#
# **Limits.** One figure hides much: the total may stand still while one component rises and another falls. Use it to ask questions and not to pay bonuses; once it pays, whoever fills in the forms fills it up.

# %% kam={"course": ["2.C"], "part": "exercise"}
exercise("2.C.x3", book)

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.A", "2.O"], "part": "lesson"}
# ## 总结
#
# - 销售比重看今天的量，利润比重看赚不赚钱，成长趋势看方向；三把尺子要一起用，战略决定用多大的权重。
# - 分级表格把判断写成评分、来源和日期；结果是一份有日期、有进出规则的名单。
# - 选定了客户，就把它看透：使命和意图说明它为什么买，SWOT 和对手说明它怕什么，情报让我们早一步知道。
# - 每一次“给”都要换回一次“得”；资源跟着贡献和将来走，不跟着嗓门走。
# - 单线的关系、没有 A 的任务、只靠一个人的知识，都是风险；团队要一层对一层。
# - 缺的写缺，推测写推测；健康度由此而来，也由此可信。
#
# **现在就做三件事**
#
# 1. 打开本章开头的完整度，补上一个缺的必填项，并给一条“推测”找到来源，改成“已核实”；
# 2. 在三板斧里找一条只给不得的要求，写下这次要换回什么、到哪一天；
# 3. 在关系图上找出影响力大、却没有人对接的那个人，定下谁去见他、哪一天去。
#
# **接下来。** 看透了客户，下一步是流程：怎样分析、更新、找机会、谈判、实施和跟进。

# %% [markdown] tags=["lang:en"]
# ## Summary
#
# - Share of sales sees today's volume, share of profit whether we earn, growth the direction; use the three yardsticks together, and let strategy set their weights.
# - The grading form turns judgement into ratings with sources and dates; it leads to a dated list with rules for entering and leaving.
# - Once the account is chosen, look right through it: mission and intent tell why it buys, SWOT and rivals what it fears, and intelligence lets us know a step earlier.
# - Every give has its get; resources follow contribution and future, not the loudest voice.
# - A single thread, a task without an A and knowledge in one head are risks; the team meets the account level by level.
# - What is missing is written as missing, what is assumed as assumed; the health score is made of it, and is to be trusted because of it.
#
# **Three things to do now**
#
# 1. open the completeness at the head of this chapter, fill one mandatory field that is missing, and find the source of one "assumed" field to make it "confirmed";
# 2. find one ask among the three moves that we give for nothing, and write down what we want for it, and by when;
# 3. find the influential person on the map whom nobody of ours meets, and settle who goes, and on which day.
#
# **Next.** With the account understood comes the process: how to analyse, update, find opportunities, negotiate, execute and follow up.

# %% kam={"course": ["2.A"], "part": "colophon"}
colophon(book, "2.")
