package dev.neostream.clean.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expected words are jieba 0.42.1's. */
class ChineseSegmenterTest {

  private final ChineseSegmenter segmenter = new ChineseSegmenter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "我/来到/北京/清华大学",
        "他/来到/了/网易/杭研/大厦", // 杭研 is no word of the dictionary
        "小明/硕士/毕业/于/中国科学院/计算所/，/后/在/日本京都大学/深造",
        "工信处/女干事/每月/经过/下属/科室",
        "李小福/是/创新/办/主任/也/是/云/计算/方面/的/专家",
        "IC卡/和/AT&T/的/T恤/，/3.14%/的/C++",
        "吉林/\r\n/长春/ /a/😀/b",
        "一九七六年/x1.5/y",
        "龘/龘/的"
      })
  void cutsAsTheOriginal(String words) {
    assertEquals(List.of(words.split("/")), segmenter.words(words.replace("/", "")));
  }

  @Test
  void emptyTextHasNoWords() {
    assertEquals(List.of(), segmenter.words(""));
  }
}
