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
# 资源有限：大客户要更好的条件，小客户也要同样的条件，而第一大客户可能一夜之间丢掉一半的量。本章用数据回答一个问题：**谁是我们的重点客户，凭什么？**
#
# **学完本章，您能够**
#
# - 用销售比重、利润比重、成长趋势三种方法给客户分类，并说出每种方法的公式、口径和盲点；
# - 说明营销战略一变，重点客户的名单为什么跟着变；
# - 填写客户分级表格，把客户放进“吸引力 × 相对优劣势”矩阵，并说出这个位置有多可靠；
# - 定出一份有日期、有进出规则的重点客户名单。
#
# | 时间 | 先备知识 | 需要准备 |
# |---|---|---|
# | 约 150 分钟 | 会看百分比即可，不需要编程 | 一个客户编号（默认是示例公司的一家客户） |
#
# 全章始终围绕**一个客户**：下面参数里的 `account`。换成您负责的客户，重新运行，所有数字、图和习题都会换成它的。代码已经折叠，点一下左边的蓝条就能展开。

# %% [markdown] tags=["lang:en"]
# # 02 Identifying and defining key accounts
#
# Resources are limited: large accounts ask for better terms, small ones ask for the same, and the biggest account of all can lose half its volume overnight. This chapter answers one question with data: **which accounts are key, and on what grounds?**
#
# **After this chapter you can**
#
# - classify accounts by share of sales, share of profit and growth, and name the formula, the conventions and the blind spot of each method;
# - explain why the list of key accounts changes when the marketing strategy does;
# - fill in the account grading form, place an account in the matrix of attractiveness and relative strength, and say how reliable that place is;
# - set up a dated list of key accounts with rules for entering and leaving it.
#
# | Time | You should know | You need |
# |---|---|---|
# | about 150 minutes | how to read a percentage; no programming | the id of an account (by default one of the sample company's) |
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
from kamtools.classroom import axis_grading, colophon, cover, exercise, explore, figures, grading_form
from kamtools.classroom import open_notebook, own_pnl, rating_sources

book = open_notebook(globals())

# %% kam={"course": ["2.A"], "part": "analysis"}
cover(book)

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
# **洛伦兹曲线**把同一件事画成一条弧：弧越往下弯，越不平均；基尼系数（0 到 1）量的就是弯的程度。有客户的净销售额为负时（退货多于进货），基尼系数没有意义，系统会直接说明而不硬算。

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

# %% [markdown] tags=["lang:zh"] kam={"course": ["2.B"], "part": "lesson"}
# ## 总结
#
# - 销售比重看今天的量，利润比重看赚不赚钱，成长趋势看方向；三把尺子要一起用。
# - 战略决定权重，权重决定名单：先定战略，再定谁是重点客户。
# - 分级表格把判断写成评分、来源和日期，别人才能复核；可能性告诉您这个判断有多稳。
# - 结果是一份有日期、有进出规则的名单，不是一张永远不变的榜。
#
# **现在就做三件事**
#
# 1. 给您的客户补上一条“推测”的评分的来源，把它变成“已核实”；
# 2. 打开预警里的第一个客户，写下本周要问它的一个问题；
# 3. 回到 2.A 的第一题，看看您的答案变了没有。
#
# **接下来。** 名单定了，下一步是把每个重点客户写成一份档案：使命、战略意图、SWOT、情报和团队。

# %% [markdown] tags=["lang:en"]
# ## Summary
#
# - Share of sales sees today's volume, share of profit whether we earn, growth the direction; use the three yardsticks together.
# - Strategy sets the weights, and weights set the list: decide the strategy first, then who is key.
# - The grading form turns judgement into ratings with sources and dates, so that others can check it; the probability says how firm it is.
# - The result is a dated list with rules for entering and leaving, not a chart of honour that never changes.
#
# **Three things to do now**
#
# 1. find the source for one rating of your account that is "assumed", and make it "confirmed";
# 2. open the first account among the alarms and write down one question to ask it this week;
# 3. go back to the first exercise in 2.A and see whether your answer has changed.
#
# **Next.** With the list settled, each key account gets its own dossier: mission, strategic intent, SWOT, intelligence and team.

# %% kam={"course": ["2.B"], "part": "analysis"}
colophon(book)
