package dev.neostream.ops.cli;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.rule.Profile;
import dev.neostream.ops.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How documents are cleaned, as users say it. */
final class CleanOptions {

  private static final double MIN_QUALITY = 0.5;

  @Option(
      names = "--profile",
      paramLabel = "NAME|FILE",
      description = {
        "Rules: recommended, published, fineweb, documentation or a file (default: recommended;",
        "documentation for the demo corpus, which is reference documentation)."
      })
  private String profile;

  @Option(
      names = "--shadow",
      paramLabel = "NAME|FILE",
      description = "A second profile to compare with; it decides nothing.")
  private String shadow;

  @Option(
      names = "--try",
      paramLabel = "KIND.RULE.END=VALUE",
      description = {
        "Compare with the profile under another threshold, such as",
        "en.gopher.word_count.min=30. Repeatable."
      })
  private List<String> tries = new ArrayList<>();

  @Option(
      names = "--lang",
      paramLabel = "en|zh|auto",
      description = "Judge every document by the rules of one language (default: by its own).")
  private String language;

  @Option(
      names = "--language-model",
      paramLabel = "FILE",
      description = "fastText model to identify languages with, such as lid.176.bin.")
  private Path languageModel;

  @Option(
      names = "--url-lists",
      paramLabel = "DIR",
      description = "Folder of URL block lists in the layout of UT1 and squidGuard.")
  private Path blockLists;

  @Option(
      names = "--url-categories",
      paramLabel = "NAME",
      split = ",",
      description = {
        "Categories of --url-lists that block; `published` matches as the original does."
      })
  private List<String> blockCategories = new ArrayList<>();

  @Option(
      names = "--url-allow",
      paramLabel = "NAME",
      split = ",",
      description = "Categories of --url-lists that exempt from blocking.")
  private List<String> allowCategories = new ArrayList<>();

  @Option(
      names = "--quality-model",
      paramLabel = "FILE",
      description = "Model of `ops/neo quality train` whose score must reach --min-quality.")
  private Path qualityModel;

  @Option(
      names = "--min-quality",
      paramLabel = "SCORE",
      description = "Least score of --quality-model, 0 to 1 (default: 0.5).")
  private Double minQuality;

  @Option(
      names = "--mask-pii",
      description = "Mask e-mail addresses, IP addresses and telephone numbers.")
  private boolean maskPii;

  /** Whether the user gave any of these options. */
  boolean given() {
    return profile != null
        || shadow != null
        || !tries.isEmpty()
        || language != null
        || languageModel != null
        || blockLists != null
        || qualityModel != null
        || maskPii;
  }

  /** Returns what the user asked for, with a bundled profile where none was named. */
  CleanConfig config(String profileOtherwise) {
    return config(CleanConfig.of(Profile.named(profileOtherwise)));
  }

  /**
   * Returns what the user asked for.
   *
   * @param standard what holds where nothing was asked for
   * @throws UserError naming the first thing that is wrong
   */
  CleanConfig config(CleanConfig standard) {
    Profile decides =
        profile == null
            ? Profile.parse(standard.profile(), "profile")
            : ProfileOption.resolve(profile);
    if (shadow != null && !tries.isEmpty()) {
      throw UserError.usage("only one of --shadow and --try may be given");
    }
    String other =
        shadow != null
            ? ProfileOption.resolve(shadow).yaml()
            : tries.isEmpty()
                ? ""
                : ProfileOption.with(
                        decides, NamedNumbers.of("--try", "KIND.RULE.END=VALUE", tries))
                    .yaml();
    String judged = language == null ? standard.language() : language;
    requireKind(judged, decides);
    if (!other.isEmpty()) {
      requireKind(judged, Profile.parse(other, "--shadow"));
    }
    if (blockLists == null && !(blockCategories.isEmpty() && allowCategories.isEmpty())) {
      throw UserError.usage("--url-categories and --url-allow need --url-lists");
    }
    if (blockLists != null && blockCategories.isEmpty()) {
      throw UserError.usage("--url-lists needs --url-categories, such as adult,malware");
    }
    if (minQuality != null && qualityModel == null) {
      throw UserError.usage("--min-quality needs --quality-model");
    }
    OptionRule.require(
        minQuality == null || minQuality >= 0 && minQuality <= 1,
        "--min-quality",
        "0 to 1",
        minQuality);
    OptionRule.require(
        blockLists == null || Files.isDirectory(blockLists),
        "--url-lists",
        "a folder of category folders",
        blockLists);
    boolean lists = blockLists != null;
    boolean model = qualityModel != null;
    return new CleanConfig(
        decides.yaml(),
        other,
        judged,
        languageModel == null ? standard.languageModel() : file("--language-model", languageModel),
        lists ? blockLists.toAbsolutePath().toString() : standard.blockLists(),
        lists ? blockCategories : standard.blockCategories(),
        lists ? allowCategories : standard.allowCategories(),
        model ? file("--quality-model", qualityModel) : standard.qualityModel(),
        model ? minQuality == null ? MIN_QUALITY : minQuality : standard.minQuality(),
        standard.domains(),
        maskPii || standard.maskPii());
  }

  private static void requireKind(String language, Profile profile) {
    if (!language.equals(CleanConfig.AUTO) && !profile.kinds().contains(language)) {
      throw UserError.usage(
          "--lang must be auto or a language the profile has rules for: lang="
              + language
              + ", profile="
              + profile.version()
              + ", kinds="
              + profile.kinds());
    }
  }

  private static String file(String option, Path path) {
    OptionRule.require(
        Files.isRegularFile(path) && Files.isReadable(path), option, "a readable file", path);
    return path.toAbsolutePath().toString();
  }
}
