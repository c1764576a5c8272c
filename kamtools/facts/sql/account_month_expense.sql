-- Trade terms and A&P by account, month and P&L line: actual and accrued, not what is only committed.
select account, month, line, sum(amount) as amount
from bookings
where status <> 'committed'
group by account, month, line
order by account, month, line
