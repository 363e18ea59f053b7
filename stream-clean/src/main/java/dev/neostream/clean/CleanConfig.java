package dev.neostream.clean;

import dev.neostream.clean.domain.DomainRule;
import dev.neostream.clean.rule.Profile;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How documents are cleaned: what a {@link Cleaner} is made of, in a form that travels with a job
 * and is stored with a run. Paths must exist wherever a cleaner is made.
 *
 * @param profile rules, as the YAML text of a {@link Profile}
 * @param shadow a second profile, judged beside the first without deciding; empty for none
 * @param language {@value #AUTO}, or the language whose rules judge every document, whatever it is
 *     written in
 * @param languageModel a fastText model ({@code lid.176.bin}, GlotLID ...) that identifies
 *     languages; empty for the built-in one
 * @param blockLists folder of URL block lists in UT1's layout; empty for none
 * @param blockCategories its categories that block; {@value #PUBLISHED} alone looks Chinese
 *     documents up as the original's released code does
 * @param allowCategories its categories that exempt from blocking
 * @param qualityModel a {@code QualityModel} whose score must reach {@code minQuality}; empty for
 *     none
 * @param minQuality least score, 0 to 1
 * @param domains which mixture domain a document belongs to: the first rule that holds; where none
 *     does, the one it names for itself, else {@code code} or its language's, such as {@code
 *     en.web}
 * @param maskPii whether e-mail addresses, IP addresses and telephone numbers are masked
 */
public record CleanConfig(
    String profile,
    String shadow,
    String language,
    String languageModel,
    String blockLists,
    List<String> blockCategories,
    List<String> allowCategories,
    String qualityModel,
    double minQuality,
    List<DomainRule> domains,
    boolean maskPii)
    implements Serializable {

  /** Rules are chosen by the language found. */
  public static final String AUTO = "auto";

  /** Block lists are used as the original's released code uses them. */
  public static final String PUBLISHED = "published";

  public CleanConfig {
    blockCategories = List.copyOf(blockCategories);
    allowCategories = List.copyOf(allowCategories);
    domains = List.copyOf(domains);
  }

  /** Returns a configuration of rules alone. */
  public static CleanConfig of(Profile profile) {
    return new CleanConfig(
        profile.yaml(), "", AUTO, "", "", List.of(), List.of(), "", 0.0, List.of(), false);
  }

  public CleanConfig withProfile(String yaml) {
    return new CleanConfig(
        yaml,
        shadow,
        language,
        languageModel,
        blockLists,
        blockCategories,
        allowCategories,
        qualityModel,
        minQuality,
        domains,
        maskPii);
  }

  public CleanConfig withShadow(String yaml) {
    return new CleanConfig(
        profile,
        yaml,
        language,
        languageModel,
        blockLists,
        blockCategories,
        allowCategories,
        qualityModel,
        minQuality,
        domains,
        maskPii);
  }

  /** Returns the fields of a record that {@link #domains} asks for. */
  public Set<String> fields() {
    return domains.stream()
        .map(DomainRule::field)
        .filter(field -> !field.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }
}
