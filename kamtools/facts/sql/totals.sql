-- The exact totals that the frames must reach, and the rows that the as-of date leaves out.
select
    coalesce(sum(amount), 0) as ledger_amount,
    count(*) as ledger_rows,
    (select count(*) from ledger where date > $as_of) as ledger_after_as_of,
    (select count(*) from expenses where date > $as_of) as expenses_after_as_of,
    (select count(*) from receivables where invoice_date > $as_of) as receivables_after_as_of,
    (select count(*) from documents) as documents,
    (select count(*) from receivables where paid_date is not null or paid_amount <> 0) as receivables_paid,
    (select count(*) from service where month > $as_of) as service_after_as_of,
    min(date) as first_date,
    max(date) as last_date,
    (select list(last order by last desc) from
        (select max(date) as last from lines group by month order by month desc limit 13)) as last_days
from lines
