export const suitabilityDefinitions = {
  'suitability.curve': {
    zh: '下单之后到第 N 天还没有再次下单的人（或间隔）占比：Kaplan-Meier 估计，历史结束时还没再买的按删失处理；区间为 Greenwood 公式的 log-log 95% 区间。一天按 24 小时计，历史以最后一笔订单为止。',
    en: 'Share of those who ordered that has not ordered again by day N: Kaplan-Meier, with those who had not come back when the history ends censored there; band by Greenwood on the log-log scale, 95 %. A day is 24 hours, and the history ends with its last order.',
  },
  'suitability.rate': {
    zh: '自然复购频次：复购订单数 ÷ 观察到的人年（从首单到历史结束），区间按人的离散程度计算。含已流失的人。',
    en: 'Natural repurchases a year: repeat orders over person-years watched (from the first order to the end of the history), with an interval from the spread between people. Those who left are in it.',
  },
  'suitability.repeated': {
    zh: '在历史里至少下过两单（同品类）的人占买过的人的比例，95% 威尔逊区间；新近才买的人还没来得及复购，所以曲线比它更公平。',
    en: 'People with two orders or more (of the category) over those who bought, 95 % Wilson interval. Late buyers had no time to return, which the curve allows for.',
  },
  'suitability.median': {
    zh: '一半的人已经再次下单的天数；历史里不到一半的人回来时没有这个数。',
    en: 'The day by which half have ordered again; there is none where fewer than half do within the history.',
  },
  'suitability.category': {
    zh: '订单行里的品类；没有品类的行先按你给的对照表，仍没有的按你选的规则（每个商品自成一类，或合并为“未归类”）。一单可以属于几个品类。',
    en: 'The category in the order line; lines without one go by your mapping, and then by the rule you chose (each product by itself, or all of them together). An order can be in several.',
  },
  'suitability.pool': {
    zh: '一年内池子能多带来的：近一年买家 × 可触达比例 × 年复购频次 × 复购提升 × 客单价 × 毛利率 − 每位成员成本 − 固定成本。谨慎、可能、乐观三种假设给出一个范围；假设可改。',
    en: 'What a pool could add in a year: buyers of the last year × reach × repurchases a year × uplift × average order × margin − cost of a member − fixed cost. Cautious, likely and hopeful guesses give a range; all of them can be edited.',
  },
  'suitability.breakEven': {
    zh: '其他假设取“可能”时，这一项至少（成本：至多）要到多少才不亏。',
    en: 'With the other guesses at likely: from which value on (for the cost: up to which) it pays.',
  },
};
