package dev.neostream.clean.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreebankWordsTest {

  private final TreebankWords treebank = new TreebankWords();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "Good muffins cost $3.88 in New York.|Good muffins cost $ 3.88 in New York .",
        "They'll save, and invest more.|They 'll save , and invest more .",
        "I can't; we're, it's N'T|I ca n't ; we 're , it 's N'T",
        "cannot gonna Gimme wanna d'ye more'n|can not gon na Gim me wan na d 'ye more 'n",
        "cannot. Then x-cannot|can not . Then x- can not",
        "He said \"no\" (\"yes\").|He said `` no '' ( `` yes '' ) .",
        "\"Start\" a\"b|`` Start '' a '' b",
        "'hello' 'tis the dogs' ''x''|' hello ' ' tis the dogs ' `` x ''",
        "a,,b 1,000 10:30 a:b, c:|a , ,b 1,000 10:30 a : b , c :",
        "wait... no.. a.b U.S. etc.)|wait ... no .. a.b U.S. etc . )",
        "a--b --- x|a -- b -- - x",
        "a–b “q” «r» ‘s’ don’t|a – b “ q ” « r » ‘ s ’ don ’ t",
        "```js ` x|`` ` js ` x",
        "#tag 50% a&b me@x.org *y* <z> [0] {}|# tag 50 % a & b me @ x.org * y * < z > [ 0 ] { }",
      })
  void cutsAsTheOriginal(String sentence, String words) {
    assertEquals(List.of(words.split(" ")), words(sentence));
  }

  private List<String> words(String sentence) {
    List<String> words = new ArrayList<>();
    char[] text = sentence.toCharArray();
    treebank.words(
        text, 0, text.length, (word, from, to) -> words.add(new String(word, from, to - from)));
    return words;
  }
}
