package dev.neostream.dedup.contamination;

import java.text.DecimalFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;

/** What happens to benchmark items on their way into a corpus. */
enum LightEdits {
  VERBATIM {
    @Override
    String edit(String text, Random random) {
      return text;
    }
  },
  CASE {
    @Override
    String edit(String text, Random random) {
      return random.nextBoolean() ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
    }
  },
  WITHOUT_PUNCTUATION {
    @Override
    String edit(String text, Random random) {
      return text.replaceAll("[\\p{Punct}\u2018\u2019\u201c\u201d]", "");
    }
  },
  SPACES_FOR_PUNCTUATION {
    @Override
    String edit(String text, Random random) {
      return text.replaceAll("[\\p{Punct}\u2018\u2019\u201c\u201d]", " ");
    }
  },
  OTHER_PUNCTUATION {
    @Override
    String edit(String text, Random random) {
      return text.replace('.', ';')
          .replace(", ", " - ")
          .replace("?", " ?!")
          .replace('\'', '\u2019')
          .replace("\"", "``");
    }
  },
  NUMBERS {
    @Override
    String edit(String text, Random random) {
      String plain = text.replaceAll("(?<=\\d),(?=\\d{3}\\b)", "");
      String grouped =
          Pattern.compile("\\d{4,12}")
              .matcher(plain)
              .replaceAll(
                  digits -> new DecimalFormat("#,###").format(Long.parseLong(digits.group())));
      String separator = List.of("", " ", ",", "\u00a0").get(random.nextInt(4));
      return grouped
          .replaceAll("(?<=\\d),(?=\\d{3})", separator)
          .replace("$", "$ ")
          .replace("%", " %");
    }
  },
  WHITE_SPACE {
    @Override
    String edit(String text, Random random) {
      return text.replaceAll(" ", random.nextBoolean() ? "  " : "\n");
    }
  },
  FULL_WIDTH {
    @Override
    String edit(String text, Random random) {
      var out = new StringBuilder();
      text.chars().forEach(c -> out.append((char) (c > ' ' && c < 0x7F ? c + 0xFEE0 : c)));
      return out.toString();
    }
  },
  ALL_OF_THESE {
    @Override
    String edit(String text, Random random) {
      String edited = text;
      for (LightEdits one : List.of(NUMBERS, OTHER_PUNCTUATION, CASE, WHITE_SPACE)) {
        edited = one.edit(edited, random);
      }
      return edited;
    }
  },
  MIDDLE_WORD {
    @Override
    String edit(String text, Random random) {
      List<String> words = new ArrayList<>(List.of(text.split(" +")));
      words.set(words.size() / 2, "otherwise");
      return String.join(" ", words);
    }
  },
  EVERY_TENTH_WORD {
    @Override
    String edit(String text, Random random) {
      List<String> words = new ArrayList<>(List.of(text.split(" +")));
      for (int i = random.nextInt(10); i < words.size(); i += 10) {
        words.set(i, "otherwise");
      }
      return String.join(" ", words);
    }
  };

  abstract String edit(String text, Random random);
}
