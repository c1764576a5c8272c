-- What accounts buy of each category from everyone, a year.
select account, category, year, sum(amount) as amount
from wallets
group by account, category, year
order by account, category, year
