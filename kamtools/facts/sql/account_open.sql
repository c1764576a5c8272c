-- Receivables as of the date: open and overdue amounts with VAT, and of the documents that fell
-- due in the last twelve months the amount and the amount times days late (a document still open
-- counts up to the as-of date). late_amount_days / due_amount = average days late.
with documents as (
    select
        v.account as account,
        case when v.currency = $currency then cast(v.amount as decimal(30, 6))
             else cast(v.amount * r.rate as decimal(30, 6)) end as amount,
        case when v.paid_date <= $as_of then
            case when v.currency = $currency then cast(coalesce(v.paid_amount, v.amount) as decimal(30, 6))
                 else cast(coalesce(v.paid_amount, v.amount) * r.rate as decimal(30, 6)) end
            else 0 end as paid,
        v.due_date as due_date,
        case when v.paid_date <= $as_of and coalesce(v.paid_amount, v.amount) >= v.amount
             then v.paid_date else $as_of end as settled
    from receivables v
    left join exchange_rates r
        on r.currency = v.currency and r.month = cast(date_trunc('month', v.invoice_date) as date)
    where v.invoice_date <= $as_of and v.kind in ('invoice', 'credit_note')
)
select
    account,
    sum(amount - paid) as open_amount,
    sum(case when due_date < $as_of then amount - paid else 0 end) as overdue_amount,
    sum(case when amount > 0 and due_date <= $as_of and due_date > $as_of - interval 12 month
             then amount end) as due_amount,
    sum(case when amount > 0 and due_date <= $as_of and due_date > $as_of - interval 12 month
             then amount * greatest(0, datediff('day', due_date, settled)) end) as late_amount_days
from documents
group by account
order by account
