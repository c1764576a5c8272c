-- The accounts' own accounts; ratios of their amounts need no exchange rate.
select account, year, type, working_capital, retained_earnings, ebit, equity, total_liabilities, sales,
    total_assets, currency, coalesce(source, '') as source
from financials
order by account, year
