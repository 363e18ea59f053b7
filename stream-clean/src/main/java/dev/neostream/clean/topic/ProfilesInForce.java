package dev.neostream.clean.topic;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.rule.Profile;
import dev.neostream.schemas.avro.ProfileRole;
import dev.neostream.schemas.avro.ProfileUpdate;
import java.util.Optional;

/**
 * The profiles in force after a sequence of updates. The same rule for the job that applies them
 * and for whoever reads their history.
 *
 * @param version version of the last update that counted, 0 before the first
 * @param language {@code CleanConfig.language()}: a profile must have rules for it
 * @param profile YAML of the profile that decides
 * @param shadow YAML of the shadow profile, empty for none
 */
public record ProfilesInForce(int version, String language, String profile, String shadow) {

  private static final String VERSION = "version";
  private static final String PROFILE = "profile";
  private static final String SHADOW = "shadow";

  /** Looks a value up by key; null when there is none. */
  public interface Source {
    String get(String key) throws Exception;
  }

  /** Stores a value. */
  public interface Sink {
    void put(String key, String value) throws Exception;
  }

  /** Returns what is in force before the first update. */
  public static ProfilesInForce initial(CleanConfig config) {
    return new ProfilesInForce(0, config.language(), config.profile(), config.shadow());
  }

  /** Returns why an update does not count, or nothing if it does. */
  public Optional<String> problem(ProfileUpdate update) {
    if (update.getVersion() != version + 1) {
      return Optional.of(
          "version must be one more than that in force: version="
              + update.getVersion()
              + ", in force="
              + version);
    }
    if (update.getProfile().isEmpty()) {
      return update.getRole() == ProfileRole.SHADOW
          ? Optional.empty()
          : Optional.of("a profile that decides must not be empty");
    }
    try {
      Profile profile = Profile.parse(update.getProfile(), "update " + update.getVersion());
      return language.equals(CleanConfig.AUTO) || profile.kinds().contains(language)
          ? Optional.empty()
          : Optional.of(
              "the profile must have rules for the language of the run: language="
                  + language
                  + ", kinds="
                  + profile.kinds());
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Returns what is in force after an update: this, if it does not count. */
  public ProfilesInForce apply(ProfileUpdate update) {
    if (problem(update).isPresent()) {
      return this;
    }
    return update.getRole() == ProfileRole.SHADOW
        ? new ProfilesInForce(update.getVersion(), language, profile, update.getProfile())
        : new ProfilesInForce(update.getVersion(), language, update.getProfile(), shadow);
  }

  /** Returns a configuration with these profiles. */
  public CleanConfig config(CleanConfig base) {
    return base.withProfile(profile).withShadow(shadow);
  }

  public static ProfilesInForce read(CleanConfig config, Source state) throws Exception {
    String version = state.get(VERSION);
    return version == null
        ? initial(config)
        : new ProfilesInForce(
            Integer.parseInt(version), config.language(), state.get(PROFILE), state.get(SHADOW));
  }

  public void write(Sink state) throws Exception {
    state.put(VERSION, Integer.toString(version));
    state.put(PROFILE, profile);
    state.put(SHADOW, shadow);
  }
}
