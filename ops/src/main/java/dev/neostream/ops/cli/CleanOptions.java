package dev.neostream.ops.cli;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.rule.Profile;
import dev.neostream.ops.config.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** How documents are cleaned, as users say it. */
final class CleanOptions {

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
  private Map<String, Double> tries = new LinkedHashMap<>();

  @Option(
      names = "--lang",
      paramLabel = "en|zh|auto",
      description = "Judge every document by the rules of one language (default: by its own).",
      defaultValue = CleanConfig.AUTO)
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
      description = "Least quality score, 0 to 1 (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.5")
  private double minQuality;

  @Option(
      names = "--mask-pii",
      description = "Mask e-mail addresses, IP addresses and telephone numbers.")
  private boolean maskPii;

  /** Whether the user gave any of these options. */
  boolean given() {
    return profile != null
        || shadow != null
        || !tries.isEmpty()
        || !language.equals(CleanConfig.AUTO)
        || languageModel != null
        || blockLists != null
        || qualityModel != null
        || maskPii;
  }

  /**
   * @param standard name of the profile where none is given
   * @throws UserError naming the first thing that is wrong
   */
  CleanConfig config(String standard) {
    Profile decides = ProfileOption.resolve(profile == null ? standard : profile);
    if (shadow != null && !tries.isEmpty()) {
      throw UserError.usage("only one of --shadow and --try may be given");
    }
    String other =
        shadow != null
            ? ProfileOption.resolve(shadow).yaml()
            : tries.isEmpty() ? "" : ProfileOption.with(decides, tries).yaml();
    if (!language.equals(CleanConfig.AUTO) && !decides.kinds().contains(language)) {
      throw UserError.usage(
          "--lang must be auto or a language the profile has rules for: lang="
              + language
              + ", kinds="
              + decides.kinds());
    }
    if (blockLists == null && !(blockCategories.isEmpty() && allowCategories.isEmpty())) {
      throw UserError.usage("--url-categories and --url-allow need --url-lists");
    }
    if (blockLists != null && blockCategories.isEmpty()) {
      throw UserError.usage("--url-lists needs --url-categories, such as adult,malware");
    }
    return new CleanConfig(
        decides.yaml(),
        other,
        language,
        file("--language-model", languageModel),
        blockLists == null ? "" : blockLists.toAbsolutePath().toString(),
        blockCategories,
        allowCategories,
        file("--quality-model", qualityModel),
        minQuality,
        maskPii);
  }

  private static String file(String option, Path path) {
    if (path == null) {
      return "";
    }
    if (!Files.isReadable(path)) {
      throw UserError.usage(option + " must be a readable file: file=" + path);
    }
    return path.toAbsolutePath().toString();
  }
}
