const COMMENT = /^[ \t]*(?:\/\*[^]*?\*\/[ \t]*|\/\/.*)\n/gm;
const COMMENTS = new RegExp(`(?:${COMMENT.source})+`, 'gm');
const TRAILING_COMMENT = / +\/\/ .*$/;

/**
 * A file as it looks when a reader has typed the code of a lesson but not its comments: comments that aren't in the text
 * that the reader was given are left out, and where a step adds to a comment, the old one is still there.
 */
export function asTyped(text: string, given: string): string {
  const givenAbove = commentsAbove(given);
  const linesGiven = given.split('\n');
  const withOldComments = text.replace(COMMENTS, (comments, offset: number) => {
    if (given.includes(comments)) return comments;
    const old = givenAbove.get(codeAt(text, offset + comments.length));
    if (old && comments.startsWith(beginningOf(old))) return old;
    return comments.replace(COMMENT, (comment) => (given.includes(comment) ? comment : ''));
  });
  return withOldComments
    .split('\n')
    .map((line) => {
      const code = line.replace(TRAILING_COMMENT, '');
      if (code === line || linesGiven.includes(line)) return line;
      return (
        linesGiven.find(
          (old) => line.startsWith(beginningOf(old)) && old.replace(TRAILING_COMMENT, '') === code,
        ) ?? code
      );
    })
    .join('\n');
}

/** The comments of a file by the line of code below each of them. */
function commentsAbove(text: string): Map<string, string> {
  const comments = [...text.matchAll(COMMENTS)];
  return new Map(comments.map(({ 0: comment, index }) => [codeAt(text, index + comment.length), comment]));
}

/** A comment without its end. */
function beginningOf(comment: string): string {
  return comment.replace(/\.?\s*(?:\*\/)?\s*$/, '');
}

/** The code of the line that begins at an offset. */
function codeAt(text: string, offset: number): string {
  return text.slice(offset).split('\n', 1)[0]!.replace(TRAILING_COMMENT, '');
}
