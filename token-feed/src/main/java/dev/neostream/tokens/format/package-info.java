/**
 * Tokenizers as the files of other programs.
 *
 * <h2>Hugging Face</h2>
 *
 * <pre>
 *   tokenizer.json           what the tokenizers library needs: model, decoder, added tokens
 *   tokenizer_config.json    what transformers adds: names of special tokens, longest sequence
 *   special_tokens_map.json  the names again, for programs that look there
 * </pre>
 *
 * <p>{@code tokenizer.json} is a {@code BPE} model with {@code byte_fallback} whose pieces are
 * plain text: a space is a space, there is neither a normalizer nor a pre-tokenizer, and every text
 * has the ids that it has here, U+2581 included. A merge is a pair of pieces, {@code ["a", "b"]},
 * as the tokenizers library reads it from 0.20.0 on (transformers 4.45).
 *
 * <p>Control pieces are special tokens, which the library by default also finds in text: {@code
 * </s>} in a document would end it. {@code tokenizer_config.json} says {@code
 * split_special_tokens}, which makes transformers read them as the characters they are; who loads
 * {@code tokenizer.json} alone sets {@code encode_special_tokens}.
 *
 * <p>Read is {@code tokenizer.json} of byte-pair models of two kinds, and what it says is kept to
 * the last id or refused by the name of its field:
 *
 * <pre>
 *              byte fallback (ours, Llama 2)        byte level (GPT-2, GPT-NeoX, Llama 3, Qwen 2)
 *   becomes    a {@link dev.neostream.tokens.bpe.Tokenizer}      a {@link dev.neostream.tokens.bpe.ByteLevelTokenizer}
 *   normalizer none, Prepend, Replace of a space    none, NFC
 *   words      none                                 ByteLevel, or Split and ByteLevel: {@link dev.neostream.tokens.bpe.WordPattern}
 *   merges     all that make a piece, by its id     any, with or without ignore_merges
 *   added      special or not                       the same, normalized, lstrip, rstrip
 * </pre>
 *
 * <p>Special tokens are control pieces: no text becomes one, as with {@code encode_special_tokens}.
 * A post-processor adds tokens around a text and is not read; truncation and padding are refused.
 * Form NFC is that of the Java runtime, which knows marks that the library's older table does not.
 *
 * <h2>SentencePiece</h2>
 *
 * <p>{@code tokenizer.model} is the protocol buffer {@code ModelProto}: pieces with their scores
 * and types, a trainer spec with what encoding needs and the normalizer {@code identity}. A space
 * is written as the mark U+2581. Every text without that mark has the ids that it has here; in a
 * text with it the mark is read as a space. Read are models of others as well, as far as they give
 * every text its ids by merges alone: {@link SentencePieceModel#read} says what is refused.
 */
package dev.neostream.tokens.format;
