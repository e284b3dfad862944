//! The services and the advertising channels of the invented company.

/// One service. Its code begins the numbers of its contracts.
pub(super) struct Offer {
    pub(super) code: char,
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// In roubles.
    pub(super) price: i64,
    /// How long a contract is valid.
    pub(super) months: u32,
}

const fn offer(code: char, name: &'static str, description: &'static str, price: i64, months: u32) -> Offer {
    Offer { code, name, description, price, months }
}

pub(super) const SERVICES: [Offer; 8] = [
    offer(
        'Б',
        "Бухгалтерское сопровождение",
        "Полное ведение учёта для ООО и ИП: первичные документы, зарплата, налоги и отчётность.\n\
         Личный бухгалтер, ответ в течение двух рабочих часов. Цена — за год, до 50 операций в месяц.",
        180_000,
        12,
    ),
    offer(
        'Р',
        "Регистрация ИП и ООО",
        "Подготовим документы, подберём коды ОКВЭД и систему налогообложения, подадим заявление без визита в \
         налоговую.\nВ цену входят электронная подпись и открытие расчётного счёта.",
        14_000,
        3,
    ),
    offer(
        'Ю',
        "Юридическое сопровождение",
        "Договоры, претензии, переписка с контрагентами и банками, представительство в арбитражном суде.\n\
         До 20 обращений в месяц, договор на год.",
        240_000,
        12,
    ),
    offer(
        'К',
        "Кадровый учёт",
        "Приём, переводы и увольнения, графики отпусков, воинский учёт, подготовка к проверке трудовой инспекции.",
        96_000,
        12,
    ),
    offer(
        'А',
        "Налоговый аудит",
        "Проверим учёт за три года, найдём переплаты и риски доначислений.\nРезультат — отчёт с суммами и план \
         исправлений по приоритетам.",
        150_000,
        4,
    ),
    offer(
        'Т',
        "Регистрация товарного знака",
        "Проверка на сходство, заявка в Роспатент, переписка с экспертизой до получения свидетельства.",
        65_000,
        12,
    ),
    offer(
        'В',
        "Восстановление учёта",
        "Приведём в порядок базу и документы за прошлые периоды, сдадим уточнённые декларации, снимем блокировку счёта.",
        120_000,
        6,
    ),
    offer(
        'С',
        "Сопровождение тендеров",
        "Поиск закупок, подготовка заявок, банковские гарантии, обжалование в ФАС. Оплата за полгода работы.",
        90_000,
        6,
    ),
];

/// One campaign. Days are counted back from today: it ran from the first to the second.
pub(super) struct Advert {
    pub(super) name: &'static str,
    /// Which of [`SERVICES`].
    pub(super) service: usize,
    pub(super) channel: &'static str,
    pub(super) started: u16,
    /// None: it is still running, without an end in sight.
    pub(super) ended: Option<u16>,
    /// Its share of the leads while it runs.
    pub(super) weight: u64,
    /// How many of a thousand leads sign, once they had the time for it.
    pub(super) signing: u64,
    /// What one lead costs, in roubles. None: nobody has entered any expense.
    pub(super) lead_price: Option<i64>,
    /// The budget, in per cent of the real costs.
    pub(super) budget: i64,
    pub(super) archived: bool,
}

/// Lines of the table below: name, service, channel; from day, until day; weight, signing; price of a lead, budget;
/// archived.
macro_rules! adverts {
    ($($name:literal, $service:literal, $channel:literal; $started:literal, $ended:expr; $weight:literal,
       $signing:literal; $price:expr, $budget:literal; $archived:literal)*) => {
        [$(Advert {
            name: $name,
            service: $service,
            channel: $channel,
            started: $started,
            ended: $ended,
            weight: $weight,
            signing: $signing,
            lead_price: $price,
            budget: $budget,
            archived: $archived,
        }),*]
    };
}

pub(super) const CAMPAIGNS: [Advert; 18] = adverts![
    "Бухгалтерия под ключ — поиск", 0, "Яндекс Директ"; 370, None; 20, 110; Some(6_800), 110; false
    "Бухгалтер для маркетплейсов", 0, "VK Реклама"; 250, None; 15, 62; Some(5_200), 105; false
    "Блокировка счёта: срочная помощь", 6, "Яндекс Директ"; 340, None; 8, 170; Some(9_400), 100; false
    "Открыть ИП за три дня", 1, "VK Реклама"; 365, None; 18, 145; Some(1_650), 95; false
    "Регистрация ООО: карточка компании", 1, "2ГИС"; 360, None; 7, 210; Some(900), 120; false
    "Юрист на связи — посев в каналах предпринимателей", 2, "Telegram-посевы"; 310, Some(95); 9, 34; Some(8_900), 115; false
    "Абонентский юрист", 2, "Яндекс Директ"; 200, None; 9, 58; Some(9_700), 100; false
    "Кадры в порядке", 3, "Почтовая рассылка"; 330, None; 8, 92; Some(1_900), 130; false
    "Проверка трудовой инспекции: вебинар", 3, "Telegram-посевы"; 150, Some(60); 7, 41; Some(4_600), 90; true
    "Налоговый аудит к концу года", 4, "Почтовая рассылка"; 300, Some(190); 6, 85; Some(3_100), 100; true
    "Аудит со скидкой для клиентов банка", 4, "Партнёры"; 270, None; 6, 250; Some(12_500), 125; false
    "Защити своё имя", 5, "VK Реклама"; 180, None; 8, 52; Some(3_900), 100; false
    "Товарный знак для продавцов", 5, "Авито"; 240, Some(20); 7, 74; Some(2_300), 110; false
    "Учёт с нуля: объявления в регионах", 6, "Авито"; 355, Some(210); 7, 66; Some(2_700), 100; true
    "Деловое утро", 0, "Радио"; 290, Some(230); 5, 30; Some(14_800), 100; true
    "Тендеры без страха", 7, "Telegram-посевы"; 130, None; 7, 69; Some(4_100), 105; false
    "Рекомендации клиентов", 0, "Партнёры"; 370, None; 6, 230; Some(7_500), 140; false
    "Госзакупки: новая воронка", 7, "2ГИС"; 40, None; 6, 88; None, 100; false
];

/// Which of [`CAMPAIGNS`] costs more than was planned, whatever else does.
pub(super) const OVERSPENT: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_a_campaign_and_the_figures_differ() {
        assert!(
            (0..=365).all(|day| CAMPAIGNS.iter().any(|it| it.started >= day && it.ended.is_none_or(|end| end < day)))
        );
        assert!(CAMPAIGNS.iter().all(|it| it.service < SERVICES.len() && (30..=250).contains(&it.signing)));
        assert!(CAMPAIGNS.iter().any(|it| it.lead_price.is_none()));
        let pays = |it: &Advert| {
            let price = SERVICES[it.service].price * i64::try_from(it.signing).unwrap() / 1000;
            it.lead_price.map(|cost| price * 100 / cost)
        };
        let returns: Vec<i64> = CAMPAIGNS.iter().filter_map(pays).collect();
        assert!(returns.iter().filter(|it| **it > 150).count() >= 6, "{returns:?}");
        assert!(returns.iter().filter(|it| **it < 95).count() >= 4, "{returns:?}");
    }
}
