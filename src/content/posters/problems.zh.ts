import type { Texts } from '../../base/index.ts';

export const postersZh: Texts = {
  Poster: '海报',
  Part: '这一包',
  'Another poster has this key': '已有海报用了这个变量名',
  'is taken: {key}': '已被使用：{key}',
  'There is no room for so many pictures': '磁盘放不下这么多图片',
  'About {n} GB are needed, and {free} GB are free.': '大约需要 {n} GB，还剩 {free} GB。',
  'Too many pictures are being made': '正在生成的图片太多',
  'Try again in a few seconds.': '请过几秒再试。',
  'lies far outside the picture': '离画面太远',
  'must be at least {n}': '至少 {n}',
  'must be at most {n}': '最多 {n}',
  'must be a colour such as #ff8800': '必须是颜色，如 #ff8800',
  'must be 1 to 24 letters, digits, - or _': '必须是 1 到 24 个字母、数字、- 或 _',
  'type must be text, price, picture, avatar, code or box': 'type 必须是 text、price、picture、avatar、code 或 box',
  'takes at most 40 layers': '最多 40 个图层',
  'stands here twice': '出现了两次',
  'must be 1 to 40 small letters, digits or _, and begin with a letter': '必须是 1 到 40 个小写字母、数字或 _，并以字母开头',
  'must change something: name, key or doc': '没有要修改的内容：name、key 或 doc',
};
