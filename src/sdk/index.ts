export type { Extra, Touch } from './core/types.ts';
export type { MiniProgramOptions } from './miniprogram/yutang.ts';
export type { Picked, PickerMessage } from './picker/picker.ts';
export type { CaptureRules } from './web/capture.ts';
export type { WebOptions } from './web/yutang.ts';
