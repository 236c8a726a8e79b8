import type { Random } from './random.ts';

const surnames = [...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗'];
const given = [...'雨晴子轩佳怡浩然思涵梓萱宇航欣妍俊杰若溪明远静雅一诺'];

export const randomName = (random: Random): string => {
  const second = random.chance(0.6) ? random.pick(given) : '';
  return `${random.pick(surnames)}${random.pick(given)}${second}`;
};
