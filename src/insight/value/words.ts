/** What each number means, for whoever points at it. */
export const valueWords: Record<string, { zh: string; en: string }> = {
  alive: {
    zh: '模型认为此人仍是顾客、还会再买的概率（截至拟合时刻）。',
    en: 'The chance, by the model, that the person is a customer still, as of the fit.',
  },
  clv: {
    zh: '未来价值：预测周期内每次预期购买的金额（扣退款，已知毛利则按毛利），按年折现率折到今天。只算本人，不含其带来的人。',
    en: "Value to come: the expected purchases over the horizon, net of refunds (as margin where it is known), discounted to today. The person's own alone, without whom they brought.",
  },
  spread: {
    zh: '传播价值：其带来的人（及再带来的人）的未来价值 × λ 的层数次方。同一人会算给每一位上级，只用来排名，从不计入总额。',
    en: 'Spreading value: the value of whom they brought, and of whom those brought, times λ to the power of the depth. One person counts for everyone above, so it ranks people and is never added up.',
  },
  value365: { zh: '未来 365 天的预期金额，未折现。', en: 'Expected money of the next 365 days, not discounted.' },
  band: {
    zh: '在同一层级内比较：0 为没有；其余三等分为低、中、高。',
    en: 'Compared inside the level: 0 is none; the others in thirds: low, middle, high.',
  },
  rfm: {
    zh: '最近一次购买（R）、次数（F）、金额（M）各按人数等分；数字越大越好。',
    en: 'Recency (R), frequency (F) and money (M), each in bands of equally many people; the higher the better.',
  },
};
