package dev.neostream.ops.cli;

import dev.neostream.clean.rule.Profile;
import dev.neostream.clean.topic.ProfileControl;
import dev.neostream.clean.topic.ProfilesInForce;
import dev.neostream.ops.Json;
import dev.neostream.ops.Shell;
import dev.neostream.ops.UserError;
import dev.neostream.ops.embedded.RunTopics;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.schemas.avro.ProfileRole;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows cleaning profiles, and sends them to a running run. */
@Command(
    name = "profile",
    description = "Show, check, and send cleaning profiles to a running run.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "show|check|set|shadow|history",
    footer = {
      "",
      "Examples:",
      "  ops/neo profile show recommended > my-profile.yaml",
      "  ops/neo profile check my-profile.yaml",
      "  ops/neo profile shadow my-profile.yaml --dir my-run --why trial",
      "  ops/neo profile set my-profile.yaml --dir my-run --why \"short pages are fine\"",
      "  ops/neo profile history --dir my-run"
    })
final class ProfileCommand implements Runnable {

  private static final String OFF = "off";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "one of show, check, set, shadow, history must be given");
  }

  @Command(
      name = "show",
      description = "Print a profile as a file to copy.",
      mixinStandardHelpOptions = true)
  int show(@Parameters(paramLabel = "NAME|FILE") String profile) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(ProfileOption.resolve(profile).yaml());
    out.flush();
    return 0;
  }

  @Command(
      name = "check",
      description = "Say whether a profile can be used.",
      mixinStandardHelpOptions = true)
  int check(@Parameters(paramLabel = "FILE") String file) {
    Profile profile = ProfileOption.resolve(file);
    spec.commandLine()
        .getOut()
        .printf("%s is a profile for %s%n", profile.version(), profile.kinds());
    return 0;
  }

  @Command(
      name = "set",
      description = "Let a profile decide from now on.",
      mixinStandardHelpOptions = true)
  int set(
      @Parameters(paramLabel = "NAME|FILE") String profile,
      @Mixin RunOption run,
      @Option(names = "--why", paramLabel = "TEXT", required = true, description = "Reason.")
          String why,
      @Option(names = "--by", paramLabel = "WHO", description = "Author (default: the user).")
          String author) {
    return send(ProfileRole.DECIDE, ProfileOption.resolve(profile).yaml(), run, author, why);
  }

  @Command(
      name = "shadow",
      description = "Judge by a second profile too and report where it differs; off ends that.",
      mixinStandardHelpOptions = true)
  int shadow(
      @Parameters(paramLabel = "NAME|FILE|off") String profile,
      @Mixin RunOption run,
      @Option(names = "--why", paramLabel = "TEXT", required = true, description = "Reason.")
          String why,
      @Option(names = "--by", paramLabel = "WHO", description = "Author (default: the user).")
          String author) {
    String yaml = profile.equals(OFF) ? "" : ProfileOption.resolve(profile).yaml();
    return send(ProfileRole.SHADOW, yaml, run, author, why);
  }

  @Command(
      name = "history",
      description = "Show every profile sent: who, when and why.",
      mixinStandardHelpOptions = true)
  int history(
      @Mixin RunOption run, @Option(names = "--json", description = "Print JSON.") boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    try (RunTopics topics = RunTopics.open(run.folder())) {
      var control = new ProfileControl(topics.connection(), spec(run).clean());
      List<Map<String, Object>> views = new ArrayList<>();
      for (ProfileControl.Change change : control.history()) {
        var view = new LinkedHashMap<String, Object>();
        view.put("version", change.update().getVersion());
        view.put("role", change.update().getRole().toString().toLowerCase(Locale.ROOT));
        view.put("profile", name(change.update().getProfile()));
        view.put("author", change.update().getAuthor());
        view.put("reason", change.update().getReason());
        view.put("sentAt", Instant.ofEpochMilli(change.update().getProposedAt()).toString());
        view.put("problem", change.problem().orElse(""));
        views.add(view);
        if (!json) {
          out.printf(
              "%s  %s  %-6s %s%s  by %s: %s%n",
              view.get("version"),
              view.get("sentAt"),
              view.get("role"),
              view.get("profile"),
              change.problem().map(problem -> " (not counted: " + problem + ")").orElse(""),
              view.get("author"),
              view.get("reason"));
        }
      }
      ProfilesInForce inForce = control.inForce();
      if (json) {
        out.println(Json.of(views));
      } else {
        out.printf(
            "in force: %s%s%n",
            name(inForce.profile()),
            inForce.shadow().isEmpty() ? "" : ", shadow " + name(inForce.shadow()));
      }
      out.flush();
      return 0;
    }
  }

  private static String name(String yaml) {
    try {
      return yaml.isEmpty() ? OFF : Profile.parse(yaml, "profile").version();
    } catch (IllegalArgumentException e) {
      return "unreadable";
    }
  }

  private int send(ProfileRole role, String yaml, RunOption run, String author, String why) {
    RunSpec stored = spec(run);
    if (run.folder().address().isEmpty()) {
      throw UserError.notReady(
          "the run must be running: dir="
              + run.folder().root()
              + "; start it with `ops/neo run --dir "
              + Shell.word(run.dir())
              + "`");
    }
    try (RunTopics topics = RunTopics.open(run.folder())) {
      int version =
          new ProfileControl(topics.connection(), stored.clean())
              .send(
                  role,
                  yaml,
                  author == null ? System.getProperty("user.name") : author,
                  why,
                  System.currentTimeMillis());
      spec.commandLine()
          .getOut()
          .printf(
              "update %d sent: %s %s%n",
              version, role == ProfileRole.DECIDE ? "profile" : "shadow", name(yaml));
      return 0;
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    } catch (IllegalStateException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private static RunSpec spec(RunOption run) {
    return run.folder()
        .spec()
        .orElseThrow(
            () -> UserError.notReady("the folder must hold a run: dir=" + run.folder().root()));
  }
}
