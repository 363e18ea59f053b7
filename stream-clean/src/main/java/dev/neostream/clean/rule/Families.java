package dev.neostream.clean.rule;

import dev.neostream.clean.rule.code.TheStackRules;
import dev.neostream.clean.rule.damage.DamageRules;
import dev.neostream.clean.rule.en.C4Rules;
import dev.neostream.clean.rule.en.CcNetRules;
import dev.neostream.clean.rule.en.FineWebRules;
import dev.neostream.clean.rule.en.GopherRepetition;
import dev.neostream.clean.rule.en.GopherRules;
import dev.neostream.clean.rule.en.MapNeoEnglish;
import dev.neostream.clean.rule.en.PretrainerRules;
import dev.neostream.clean.rule.en.RefinedWebRules;
import dev.neostream.clean.rule.prose.ProseRules;
import dev.neostream.clean.rule.published.PublishedChinese;
import dev.neostream.clean.rule.published.PublishedEnglish;
import dev.neostream.clean.rule.zh.ChineseFormat;
import dev.neostream.clean.rule.zh.ChineseRepetition;
import dev.neostream.clean.rule.zh.MapNeoChinese;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/** Every rule there is, by code: the one place where families are listed. */
final class Families {

  static final Map<String, ToDoubleFunction<Page>> MEASURES =
      merge(
          List.of(
              Map.of("language.score", (Share) Page::decimalLanguageScore),
              DamageRules.measures(),
              GopherRules.measures(),
              GopherRepetition.measures(),
              C4Rules.measures(),
              CcNetRules.measures(),
              RefinedWebRules.measures(),
              FineWebRules.measures(),
              PretrainerRules.measures(),
              MapNeoEnglish.measures(),
              MapNeoChinese.measures(),
              ChineseRepetition.measures(),
              ProseRules.measures(),
              TheStackRules.measures(),
              PublishedEnglish.measures(),
              PublishedChinese.measures()));

  static final Map<String, UnaryOperator<byte[]>> EDITS =
      merge(
          List.of(
              onUtf8(C4Rules.edits()),
              onUtf8(RefinedWebRules.edits()),
              ChineseFormat.edits(),
              onUtf8(PublishedChinese.edits())));

  private Families() {}

  /** Returns edits of strings as edits of UTF-8. */
  private static Map<String, UnaryOperator<byte[]>> onUtf8(
      Map<String, UnaryOperator<String>> edits) {
    var onUtf8 = new TreeMap<String, UnaryOperator<byte[]>>();
    edits.forEach(
        (code, edit) ->
            onUtf8.put(
                code,
                utf8 -> {
                  String text = new String(utf8, StandardCharsets.UTF_8);
                  String edited = edit.apply(text);
                  return edited.equals(text) ? utf8 : edited.getBytes(StandardCharsets.UTF_8);
                }));
    return onUtf8;
  }

  private static <T> Map<String, T> merge(List<Map<String, ? extends T>> families) {
    var all = new TreeMap<String, T>();
    for (Map<String, ? extends T> family : families) {
      family.forEach(
          (code, rule) -> {
            if (all.put(code, rule) != null) {
              throw new IllegalStateException("a rule must be in one family: rule=" + code);
            }
          });
    }
    return all;
  }
}
