-- Receivables up to the as-of date in the company's currency, with what is paid and open as known on that date.
create or replace temp view documents as
select
    document, account, kind, invoice_date, due_date, amount, paid_date, paid, amount - paid as open,
    case when paid >= amount then paid_date else $as_of end as settled
from (
    select
        v.document as document,
        v.account as account,
        v.kind as kind,
        v.invoice_date as invoice_date,
        v.due_date as due_date,
        v.paid_date as paid_date,
        case when v.currency = $currency then cast(v.amount as decimal(30, 6))
             else cast(v.amount * r.rate as decimal(30, 6)) end as amount,
        case when v.paid_date <= $as_of then
            case when v.currency = $currency then cast(coalesce(v.paid_amount, v.amount) as decimal(30, 6))
                 else cast(coalesce(v.paid_amount, v.amount) * r.rate as decimal(30, 6)) end
            else 0 end as paid
    from receivables v
    left join exchange_rates r
        on r.currency = v.currency and r.month = cast(date_trunc('month', v.invoice_date) as date)
    where v.invoice_date <= $as_of
)
