package dev.neostream.clean.rule.published;

import static dev.neostream.clean.segment.CharacterClass.LETTER;

import dev.neostream.clean.segment.CharacterClass;
import dev.neostream.clean.segment.PunktSentences;
import dev.neostream.clean.segment.TreebankWords;

/** Words by NLTK, with what the rules count of them. Used again for text after text. */
final class NltkWords implements TreebankWords.Sink {

  private static final WordSet BLOCKED = WordSet.ofHashes("blocked-words.txt");

  private final PunktSentences sentences = new PunktSentences();
  private final TreebankWords treebank = new TreebankWords();
  private char[] text;

  int sentenceCount;
  int count;
  long characters;
  int notAlphabetic;
  int digits;
  int blocked;

  void of(char[] text, int length) {
    this.text = text;
    count = 0;
    characters = 0;
    notAlphabetic = 0;
    digits = 0;
    blocked = 0;
    sentenceCount = sentences.split(text, length);
    for (int i = 0; i < sentenceCount; i++) {
      treebank.words(text, sentences.start(i), sentences.end(i), this);
    }
  }

  @Override
  public void word(char[] word, int from, int to) {
    int size = to - from;
    count++;
    characters += size;
    boolean letters = true;
    for (int i = from; i < to; i++) {
      letters &= CharacterClass.is(LETTER, word[i]);
    }
    if (!letters) {
      other(word, from, to);
    }
    if (size > 1 && BLOCKED.find(word, from, to) >= 0) {
      blocked++;
    }
  }

  private void other(char[] word, int from, int to) {
    boolean letters = true;
    boolean numbers = true;
    for (int i = from; i < to; ) {
      int c = Character.codePointAt(word, i, to);
      i += Character.charCount(c);
      characters -= Character.charCount(c) - 1;
      letters &= CharacterClass.isLetter(c);
      numbers &= c >= '0' && c <= '9' || c > 0x7F && CharacterClass.isDigit(c);
    }
    notAlphabetic += letters ? 0 : 1;
    digits += numbers ? 1 : 0;
  }

  /** Sentences that end in "read more" and hold no line break before it. */
  int readMore() {
    int found = 0;
    for (int i = 0; i < sentenceCount; i++) {
      found += endsInReadMore(sentences.start(i), sentences.end(i)) ? 1 : 0;
    }
    return found;
  }

  private boolean endsInReadMore(int from, int to) {
    String end = "read more";
    if (to - from < end.length()) {
      return false;
    }
    for (int k = 0; k < end.length(); k++) {
      if (Character.toLowerCase(text[to - end.length() + k]) != end.charAt(k)) {
        return false;
      }
    }
    for (int i = from; i < to; i++) {
      if (text[i] == '\n') {
        return false;
      }
    }
    return true;
  }
}
