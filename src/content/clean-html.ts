import sanitize from 'sanitize-html';

/** Pictures of articles are those that were taken in here: nobody else learns who reads. */
const ownPicture = /^\/api\/content\/files\/(pic|file)_[\w-]{22}$/;

/** What an article may hold: words and their shape, links to the web, pictures and films of the store. No script, style, frame or form. */
export const cleanHtml = (html: string): string =>
  sanitize(html, {
    allowedTags: [
      ...[
        'h1',
        'h2',
        'h3',
        'h4',
        'p',
        'br',
        'hr',
        'blockquote',
        'pre',
        'code',
        'ul',
        'ol',
        'li',
        'strong',
        'b',
        'em',
        'i',
        'u',
        's',
        'sub',
        'sup',
      ],
      ...['a', 'img', 'figure', 'figcaption', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'span', 'div', 'video', 'audio'],
    ],
    allowedAttributes: {
      a: ['href', 'title', 'rel'],
      img: ['src', 'alt', 'width', 'height'],
      video: ['src', 'controls', 'playsinline'],
      audio: ['src', 'controls'],
      th: ['colspan', 'rowspan'],
      td: ['colspan', 'rowspan'],
    },
    allowedSchemes: ['https', 'http', 'tel', 'mailto'],
    allowProtocolRelative: false,
    transformTags: { a: sanitize.simpleTransform('a', { rel: 'noopener noreferrer nofollow' }) },
    exclusiveFilter: (frame) => ['img', 'video', 'audio'].includes(frame.tag) && !ownPicture.test(frame.attribs.src ?? ''),
  });

/** The words of an article alone. */
export const textOfHtml = (html: string): string =>
  sanitize(html.replace(/<(\/(p|div|h\d|li|tr|blockquote)|br)[^>]*>/gi, '$& '), {
    allowedTags: [],
    allowedAttributes: {},
  })
    .replace(/&amp;/g, '&')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/\s+/g, ' ')
    .trim();
