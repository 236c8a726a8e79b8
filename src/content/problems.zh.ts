import type { Texts } from '../base/index.ts';

/** What this room says to whoever asked for something that does not fit, in Chinese. */
export const contentZh: Texts = {
  Content: '内容',
  Picture: '图片',
  'gives an empty text for this person, so nothing would be sent': '对此人生成的内容为空，不会发出任何东西',
  'The text cannot be read as a template': '内容的模板写法有误',
  'there is no such picture here; send it first': '没有这张图片，请先上传',
  'This content is in use': '这份内容正在使用',
  'Take it out of these journeys first: {names}.': '请先从这些流程里去掉：{names}。',
  'must have at most 2 MB': '最多 2 MB',
  'must be a PNG or JPEG picture': '必须是 PNG 或 JPEG 图片',
  'must be a full address such as https://example.com/page': '必须是完整地址，如 https://example.com/page',
  'is no picture that was taken in; send it to POST /api/content/pictures first': '不是已上传的图片；请先发送到 POST /api/content/pictures',
  'must be the id of a mini program, such as wx0123456789abcdef': '必须是小程序的 AppID，如 wx0123456789abcdef',
  'must be a page of the mini program, such as pages/index/index': '必须是小程序页面，如 pages/index/index',
  'must not be empty: it is what people read on the card': '不能为空：这是卡片上显示的文字',
  'must change something: name, purpose, body, link or card': '没有要修改的内容：name、purpose、body、link 或 card',
  'must not be empty: write what the person will read': '不能为空：请写用户会看到的内容',
  '"{name}" is not known here; use person.name, person.<trait> or link': '“{name}”不认识；可用 person.name、person.<属性> 或 link',
  'line {n}, column {column}: {what}': '第 {n} 行第 {column} 列：{what*}',
  // Liquid's own.
  'tag "{tag}" not found': '没有标签“{tag}”',
  'tag {tag} not closed': '标签 {tag} 没有闭合',
  'output {output} not closed': '{output} 没有闭合',
  'undefined filter: {filter}': '没有过滤器“{filter}”',
  'unexpected token {token}': '意外的 {token}',
};
