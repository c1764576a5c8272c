-- Trade terms and A&P by account, month, P&L line, activity, kind and status.
select account, month, line, activity, kind, status, sum(amount) as amount
from bookings
group by account, month, line, activity, kind, status
order by account, month, line, activity, kind, status
