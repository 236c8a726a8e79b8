export { type MailAnswer, startMailServer, type TakenMail } from './mail.ts';
export { type PushSaid, startPushServices, type TakenPush } from './push.ts';
export { startSmsProviders, type TakenText, type TextAnswer } from './sms.ts';
