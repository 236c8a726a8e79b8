/** The id of a coupon in somebody's hand. */
export const issueId = (no: number): string => `cpi_${no.toString(36).padStart(9, '0')}`;
