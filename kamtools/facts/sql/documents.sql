-- Receivables up to the as-of date in the company's currency, with what is paid and open as known on that date.
-- A document without a due date is due by the terms agreed on the day of its invoice, else by the settings' default terms:
-- this is the one rule. due_stated tells that one of the first two is known.
create or replace temp view documents as
select
    document, account, kind, invoice_date, due_date, due_stated, amount, paid_date, paid, part_later,
    amount - paid as open,
    case when paid >= amount then paid_date else $as_of end as settled
from (
    select
        v.document as document,
        v.account as account,
        v.kind as kind,
        v.invoice_date as invoice_date,
        coalesce(v.due_date, v.invoice_date + cast(coalesce(c.terms_days, $default_terms) as integer)) as due_date,
        v.due_date is not null or c.terms_days is not null as due_stated,
        v.paid_date as paid_date,
        case when v.currency = $currency then cast(v.amount as decimal(30, 6))
             else cast(v.amount * r.rate as decimal(30, 6)) end as amount,
        case when v.paid_date <= $as_of then
            case when v.currency = $currency then cast(coalesce(v.paid_amount, v.amount) as decimal(30, 6))
                 else cast(coalesce(v.paid_amount, v.amount) * r.rate as decimal(30, 6)) end
            else 0 end as paid,
        -- paid in part, and the one date that the table keeps lies ahead: some of it may have come already
        case when v.paid_date > $as_of and abs(v.paid_amount) < abs(v.amount) and v.paid_amount <> 0 then
            case when v.currency = $currency then cast(v.paid_amount as decimal(30, 6))
                 else cast(v.paid_amount * r.rate as decimal(30, 6)) end end as part_later
    from receivables v
    left join exchange_rates r
        on r.currency = v.currency and r.month = cast(date_trunc('month', v.invoice_date) as date)
    asof left join (select account, date, terms_days from credit where terms_days is not null) c
        on c.account = v.account and v.invoice_date >= c.date
    where v.invoice_date <= $as_of
)
