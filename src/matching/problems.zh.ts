import type { Texts } from '../base/index.ts';

/** What this room says to whoever asked for something that does not fit, in Chinese. */
export const matchingZh: Texts = {
  Product: '商品',
  'must not be empty: it makes the same question have the same answer': '不能为空：同一个 key 得到同一个答案',
};
