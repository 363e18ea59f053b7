/**
 * Sentences and words as two Python libraries cut them, for rules whose values depend on the cut:
 * {@link dev.neostream.clean.segment.PunktSentences} and {@link
 * dev.neostream.clean.segment.TreebankWords} follow NLTK's {@code word_tokenize}, {@link
 * dev.neostream.clean.segment.ChineseSegmenter} follows jieba's {@code cut}. All run in linear
 * time, without regular expressions.
 */
package dev.neostream.clean.segment;
