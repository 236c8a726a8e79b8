export const kocDefinitions = {
  'koc.score': {
    zh: '得分：每项行为的次数取 ln(1+次数)，减去全体均值、除以标准差，乘以设定的权重后相加，再映射到 0–100。它用来排序，不是概率。',
    en: 'Score: ln(1 + count) of each kind of doing, less the mean of all, over the standard deviation, times the weight set; added up and mapped to 0–100. It ranks people; it is no probability.',
  },
  'koc.probability': {
    zh: '概率：用 90 天前的行为，对“此后 90 天内成为 KOC”做逻辑回归（带岭惩罚），再用到今天还不是 KOC 的人身上。',
    en: 'Probability: logistic regression (with a ridge) of becoming a KOC within 90 days on what people had done before them; used on those who are not KOCs today.',
  },
  'koc.contribution': {
    zh: '这一项把得分推高（或拉低）多少：系数 ×（ln(1+次数) − 均值）÷ 标准差。',
    en: 'How far this moves the score up or down: coefficient × (ln(1 + count) − mean) / standard deviation.',
  },
  'koc.rising': { zh: '同一模型下，现在的得分减去 30 天前的得分。', en: 'The score now less that of 30 days ago, by the same model.' },
  'koc.known': { zh: '现在处于关系阶梯 KOC 层级的人。', en: 'People on the KOC level of the ladder now.' },
  'koc.rank': {
    zh: '成长路径上的等级：该等级及之前各等级的任务都完成。每次变化是一次 Rank Changed 事件。',
    en: 'Rank on the growth path: all tasks of it and of the ranks before are done. Each change is an event, Rank Changed.',
  },
  'koc.orders': { zh: '窗口内完成的订单。', en: 'Orders completed in the window.' },
  'koc.praise': {
    zh: '窗口内评分达标的评价（默认 4 分及以上）。',
    en: 'Reviews in the window rated high enough (4 of 5 unless set otherwise).',
  },
  'koc.shares': { zh: '窗口内的分享（名称以 Shared 结尾的事件）。', en: 'Shares in the window (events whose name ends in Shared).' },
  'koc.invites': { zh: '窗口内被接受的邀请（Invite Accepted）。', en: 'Invites accepted in the window (Invite Accepted).' },
  'koc.sharedIn': {
    zh: '被其邀请来的人（Invite Accepted 的 inviteeId）在接受之后、窗口内的订单；被多人邀请的算给最早的。',
    en: 'Orders in the window by people they brought (inviteeId of Invite Accepted), after the invite was accepted; whoever was invited by several counts for the first.',
  },
};
