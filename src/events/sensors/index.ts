export { type SensorsDeps, sensorsDoor } from './door.ts';
