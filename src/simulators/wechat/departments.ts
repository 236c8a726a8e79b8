export interface Department {
  id: number;
  name: string;
  /** 0: the root */
  parentid: number;
  order: number;
}
