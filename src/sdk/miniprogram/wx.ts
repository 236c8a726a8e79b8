/** What the SDK uses of the runtime of WeChat's mini programs. */
export interface Wx {
  getStorageSync(key: string): unknown;
  setStorageSync(key: string, value: unknown): void;
  removeStorageSync(key: string): void;
  setStorage?(given: { key: string; data: unknown }): void;
  request(given: {
    url: string;
    method: 'POST';
    data: string;
    header: Record<string, string>;
    success(answer: { statusCode: number; header?: Record<string, string> }): void;
    fail(): void;
  }): void;
  getAccountInfoSync?(): { miniProgram: { appId: string; version?: string; envVersion?: string } };
  getDeviceInfo?(): Device;
  getWindowInfo?(): Device;
  getAppBaseInfo?(): Device;
  getSystemInfoSync?(): Device;
  onNetworkStatusChange?(act: (state: { isConnected: boolean; networkType: string }) => void): void;
}

export interface Device {
  brand?: string;
  model?: string;
  platform?: string;
  system?: string;
  version?: string;
  SDKVersion?: string;
  language?: string;
  screenWidth?: number;
  screenHeight?: number;
  pixelRatio?: number;
}

/** How a mini program, or a page of it, was opened. */
export interface Opened {
  path?: string;
  scene?: number;
  query?: Record<string, string | undefined>;
  shareTicket?: string;
  referrerInfo?: { appId?: string };
}

// biome-ignore lint/suspicious/noExplicitAny: the methods of a page are its own
export type Given = Record<string, any>;
export type Register = (given: Given) => unknown;
