/**
 * Byte-pair-encoding tokenizer: training, encoding, decoding and its file. Plain Java.
 *
 * <p>Read {@link dev.neostream.tokens.bpe.BpeTrainer} (what is learned), then {@link
 * dev.neostream.tokens.bpe.Tokenizer} (what it is used for). Semantics follow SentencePiece's BPE
 * (Kudo and Richardson 2018; Sennrich, Haddow and Birch 2016) with byte fallback.
 *
 * <p>Vocabularies of others that are made of bytes and not of characters, as GPT-2's and Llama 3's,
 * are a {@link dev.neostream.tokens.bpe.ByteLevelTokenizer}. Both are a {@link
 * dev.neostream.tokens.bpe.TextCodec}, and share the merging of chunks and its cache. What follows
 * is of the first.
 *
 * <h2>Ids</h2>
 *
 * <pre>
 *   0          &lt;unk&gt;   never produced by encoding
 *   1          &lt;s&gt;
 *   2          &lt;/s&gt;    ends a document
 *   3..258     &lt;0x00&gt;..&lt;0xFF&gt;   bytes of characters outside the alphabet
 *   259..      learned pieces in the order of their merges, then the alphabet, most frequent first
 * </pre>
 *
 * <p>That is the layout of training ({@link dev.neostream.tokens.bpe.Vocabulary#ofLearned}). A
 * vocabulary may have its {@link dev.neostream.tokens.bpe.Piece pieces} in any other order, any
 * number of control pieces, and user pieces: texts that are always one id. A smaller id of two
 * learned pieces is the earlier merge, therefore it is also the piece's rank.
 *
 * <h2>Pieces</h2>
 *
 * <p>A piece is plain text: a space is a space. The mark U+2581 that SentencePiece writes for a
 * space belongs to its files only; here it is an ordinary character that is never learned, so it
 * always becomes three byte pieces and decoding stays exact. Control pieces have no text: the
 * characters {@code <s>} in a document are three characters and never id 1.
 *
 * <p>No learned piece spans
 *
 * <ul>
 *   <li>a digit and anything else (every digit is a piece of its own),
 *   <li>two Unicode scripts, where Han, Hiragana and Katakana are one script and combining marks
 *       belong to any,
 *   <li>white space and what is around it, but for two kinds of piece: one space followed by a
 *       word, and runs of nothing but white space (space, newline, tab, carriage return), so that
 *       the indentation of a line of code is one id. Without {@code whitespacePieces} the runs are
 *       not learned and a newline or a tab is a byte piece, as in the tokenizer that MAP-Neo
 *       published.
 * </ul>
 *
 * <h2>File {@code tokenizer.neo.json}</h2>
 *
 * <pre>
 * {
 *   "format": "neo-bpe",
 *   "version": 1,
 *   "fingerprint": "0123456789abcdef",
 *   "dummyPrefix": false,
 *   "pieces": ["in", " t", ...]
 * }
 * </pre>
 *
 * <p>UTF-8 JSON, exactly these fields, at most 16 MiB. {@code pieces[i]} is the text of id 259 + i:
 * not empty, at most 128 code points, no text twice, every character of a piece a piece itself. Any
 * other layout has version 2, in which {@code pieces[i]} is id i: {@code {"kind": "control",
 * "text": "<unk>"}}, kinds {@code control}, {@code byte}, {@code learned} and {@code user}.
 *
 * <p>* {@code fingerprint} is the one of {@link dev.neostream.tokens.bpe.Tokenizer#fingerprint()}
 * and is checked when the file is read. The file is replaced atomically.
 */
package dev.neostream.tokens.bpe;
