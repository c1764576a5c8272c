-- Promotions that began by the as-of date, in the company's currency.
select
    p.promotion as promotion, p.account as account, coalesce(p.category, '') as category,
    p.start as start_date, p."end" as end_date, coalesce(p.code, '') as code,
    case when p.currency = $currency then p.spend else p.spend * r.rate end as spend,
    p.price_cut as price_cut, p.name_zh as name_zh, p.name_en as name_en
from promotions p
left join exchange_rates r
    on r.currency = p.currency and r.month = cast(date_trunc('month', p.start) as date)
where p.start <= $as_of
order by p.start, p.promotion
