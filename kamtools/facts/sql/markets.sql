-- Size of the market by category and month.
select category, month, sum(amount) as amount
from markets
where month <= $as_of
group by category, month
order by category, month
