import type { PlanBody } from '../../channels/index.ts';
import type { Purpose } from '../../content/index.ts';
import { order } from '../templates/bricks.ts';

/** Calendars ready to be looked through and launched. Times are those at which people read: mid-morning, lunch, after supper. */

interface Words {
  zh: string;
  en: string;
}
interface Common {
  key: string;
  name: Words;
  about: Words;
}
export type SopTemplate = Common &
  (
    | {
        kind: 'person';
        purpose: Purpose;
        entry: Record<string, unknown>;
        rows: { day: number; at: string; name: Words; rule?: unknown; text: Words }[];
      }
    | { kind: 'group'; purpose: Words; rows: { when: PlanBody['steps'][number]['when']; name: Words; text: Words }[] }
    | { kind: 'moment'; rows: { day: number; at: string; text: Words }[] }
  );

const notBought = { not: { event: order } };

/** Four weeks of moments: something useful, somebody's own words, something behind the scenes, an offer only now and then. */
const month: readonly [useful: Words, voice: Words, inside: Words][] = [
  [
    {
      zh: '【小知识】换季时最容易忽略的三件事，收藏起来慢慢看。',
      en: 'Good to know: three things that are easily forgotten when the season turns.',
    },
    {
      zh: '【客人说】“买回来用了一周，比想的好用。”谢谢您愿意告诉我们。',
      en: 'A customer says: "After a week it is better than I thought." Thank you for telling us.',
    },
    {
      zh: '【幕后】今天跟着师傅看了一遍怎么做出来的，比我想的费工夫。',
      en: 'Behind the scenes: I watched how it is made today. It takes more than I thought.',
    },
  ],
  [
    { zh: '【小知识】怎么挑适合自己的？看这两点就够了。', en: 'Good to know: how to choose what suits you. Two things are enough.' },
    { zh: '【客人说】一位老客带朋友来，说“就认这一家”。', en: 'A customer brought a friend and said: "This is the one."' },
    {
      zh: '【会员福利】本周老朋友专享，想要的私信我，名额不多。',
      en: 'For members this week: write to me if you would like one. There are not many.',
    },
  ],
  [
    { zh: '【小知识】用久了怎么保养？一张图说清楚。', en: 'Good to know: how to care for it over the years, in one picture.' },
    { zh: '【客人说】晒单里我最喜欢的一张，征得同意发出来。', en: 'My favourite picture from a customer, shown with their consent.' },
    { zh: '【幕后】店里的一天：开门前的半小时都在忙什么。', en: 'Behind the scenes: the half hour before the shop opens.' },
  ],
  [
    { zh: '【问答】这个月被问得最多的一个问题，一次说清。', en: 'Asked most this month, answered once and for all.' },
    {
      zh: '【客人说】收到一段很长的反馈，认真读完了，下个月就改。',
      en: 'A long letter from a customer. Read with care; we change it next month.',
    },
    { zh: '【月末福利】这个月最后三天，满赠继续，和您说一声。', en: 'The last three days of the month: the gift with an order goes on.' },
  ],
];

export const sopTemplates: readonly SopTemplate[] = [
  {
    key: 'friend-week',
    kind: 'person',
    name: { zh: '新好友 7 天 SOP', en: 'A new friend’s first week' },
    about: {
      zh: '加好友当天认识，之后讲用法、看口碑、给理由，还没下单的人才收到优惠；第 7 天请进群。',
      en: 'Say who you are on the first day, then how to use it, what others say and why now. Offers only to who has not ordered; the group on day 7.',
    },
    purpose: 'convert',
    entry: { event: 'Friend Added', reentry: 'never' },
    rows: [
      {
        ...{ day: 0, at: '00:00', name: { zh: '认识', en: 'Hello' } },
        text: {
          zh: '{{ person.name | default: "您好" }}，我是您的专属顾问，以后选品、售后、会员福利都可以直接找我。回复“1”看看新人能领什么。',
          en: '{{ person.name | default: "Hello" }}, I am here for you: choosing, after-sales, what members get. Reply "1" to see what newcomers get.',
        },
      },
      {
        ...{ day: 1, at: '10:30', name: { zh: '用法', en: 'How to choose' } },
        text: {
          zh: '昨天加上您，怕打扰没多说。给您一份三分钟的挑选指南，什么情况选哪一款都写清楚了。',
          en: 'A guide of three minutes: which one to choose, and when.',
        },
      },
      {
        ...{ day: 2, at: '19:30', name: { zh: '口碑', en: 'What others say' }, rule: notBought },
        text: {
          zh: '很多人问“真的好用吗”，这是几位老客自己写的话，好的不好的都在里面。',
          en: 'People ask whether it is any good. These are customers’ own words, good and bad.',
        },
      },
      {
        ...{ day: 3, at: '12:30', name: { zh: '新人礼', en: 'Welcome gift' }, rule: notBought },
        text: {
          zh: '新人礼还为您留着，今天下单就能用，需要我帮您看看买哪款吗？',
          en: 'Your welcome gift is still here. Shall I help you choose?',
        },
      },
      {
        ...{ day: 5, at: '19:30', name: { zh: '理由', en: 'The gift ends' }, rule: notBought },
        text: {
          zh: '新人礼明天到期，和您说一声。不需要也没关系，有问题随时找我。',
          en: 'Your welcome gift ends tomorrow. No hurry; I am here if anything is unclear.',
        },
      },
      {
        ...{ day: 7, at: '10:30', name: { zh: '进群', en: 'The group' } },
        text: {
          zh: '认识一周啦。老朋友群里每周有福利和答疑，想进的话回复“进群”，我拉您。',
          en: 'A week already. There is a group with something every week: reply "group" to join.',
        },
      },
    ],
  },
  {
    key: 'group-week',
    kind: 'group',
    name: { zh: '福利群一周节奏', en: 'A week in a benefit group' },
    about: {
      zh: '入群当天定规矩；周一预告、周三干货、周五福利、周日征集，一周四条，不刷屏。',
      en: 'The rules on the first day; Monday what comes, Wednesday something useful, Friday an offer, Sunday a question. Four a week, no more.',
    },
    purpose: { zh: '福利群', en: 'benefit' },
    rows: [
      {
        when: { kind: 'day', day: 0, time: '10:00' },
        name: { zh: '群规', en: 'Rules' },
        text: {
          zh: '欢迎进群！这里每周五有专属福利，周三有干货。请不要发广告，有问题直接@我。',
          en: 'Welcome! An offer every Friday, something useful on Wednesdays. No advertising, please; ask me anything.',
        },
      },
      {
        when: { kind: 'weekly', weekday: 1, time: '10:30' },
        name: { zh: '本周预告', en: 'This week' },
        text: {
          zh: '本周预告：周三讲怎么挑，周五晚上八点福利准时开。',
          en: 'This week: how to choose on Wednesday, the offer on Friday at eight.',
        },
      },
      {
        when: { kind: 'weekly', weekday: 3, time: '12:30' },
        name: { zh: '干货', en: 'Good to know' },
        text: {
          zh: '【干货】今天讲一个大家常问的问题，看完有疑问的群里聊。',
          en: 'Good to know: a question that many ask. Talk about it here.',
        },
      },
      {
        when: { kind: 'weekly', weekday: 5, time: '20:00' },
        name: { zh: '福利', en: 'Offer' },
        text: {
          zh: '【周五福利】群友专享现在开始，今晚 24 点结束，先到先得。',
          en: 'The Friday offer begins now, for the group, until midnight.',
        },
      },
      {
        when: { kind: 'weekly', weekday: 7, time: '19:30' },
        name: { zh: '征集', en: 'A question' },
        text: {
          zh: '【周日征集】下周想看什么？回复数字：1 怎么挑 2 怎么用 3 新品。',
          en: 'What would you like next week? 1 how to choose, 2 how to use, 3 what is new.',
        },
      },
    ],
  },
  {
    key: 'moments-month',
    kind: 'moment',
    name: { zh: '一个月的朋友圈', en: 'A month of moments' },
    about: {
      zh: '四周，每周一、三、五各一条：小知识、客人说、幕后，福利只占一成多；由员工一键发表。',
      en: 'Four weeks, three a week: something useful, a customer’s words, behind the scenes; offers are few. Staff publish each with one tap.',
    },
    rows: month.flatMap((week, i) => week.map((text, k) => ({ day: i * 7 + k * 2, at: ['12:10', '19:40', '12:10'][k]!, text }))),
  },
];
