import type { Policy } from './policy.ts';

/**
 * How tired of us somebody is, 0 to 100, from what is known alone:
 *   100 × (1 − e^−x),  x = max(0, pressure − 3 × response) ÷ 8 + refused + left
 * pressure: marketing messages of the last 28 days, each half as heavy after 7 days; response: the clicks among them, likewise; refused: the newest refusal
 * of the last 90 days, half as heavy after 30; left: the newest un-friending in WeCom of the last 90 days, likewise. Opens are not known on most channels
 * and count nothing. Seven messages in a week without a click come to 44, with two clicks to 10; a refusal of today on top of nothing to 63.
 */

/** As SQL. `sent`: a relation of what reached people: person_no, decided_at, clicked_at, address, marketing. `ws` and `now`: SQL of them. */
export const fatigueSql = (sent: string, ws: string, now: string): string => {
  const halved = (at: string, days: number) => `power(0.5, extract(epoch FROM ${now} - ${at}) / ${days * 86_400})`;
  return `SELECT t.person_no,
      round(100 * (1 - exp(-(greatest(0, t.pressure - 3 * t.response) / 8 + coalesce(refused.weight, 0) + coalesce(gone.weight, 0)))))::int AS score
    FROM (SELECT s.person_no, sum(${halved('s.decided_at', 7)}) AS pressure, coalesce(sum(${halved('s.clicked_at', 7)}), 0) AS response,
        array_agg(DISTINCT s.address) FILTER (WHERE s.address LIKE '%:%') AS addresses
      FROM ${sent} s WHERE s.marketing AND s.decided_at > ${now} - interval '28 days' GROUP BY s.person_no) t
    LEFT JOIN LATERAL (SELECT max(${halved('c.at', 30)}) AS weight FROM consents c
      WHERE c.workspace_no = ${ws} AND c.person_no = t.person_no AND NOT c.granted AND c.at BETWEEN ${now} - interval '90 days' AND ${now}) refused ON true
    LEFT JOIN LATERAL (SELECT max(${halved('f.ended_at', 30)}) AS weight FROM unnest(t.addresses) AS a (address) JOIN wecom_friends f
      ON f.workspace_no = ${ws} AND f.corp_id = split_part(a.address, ':', 1) AND f.external_userid = split_part(a.address, ':', 2)
      WHERE f.ended_at BETWEEN ${now} - interval '90 days' AND ${now}) gone ON true`;
};

/** Purposes that are no marketing: what no cap over all counts. */
export const otherPurposes = (policy: Policy): string[] => policy.purposes.filter((one) => one.kind !== 'marketing').map((one) => one.key);
