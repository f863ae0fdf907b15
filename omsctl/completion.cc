#include "omsctl/completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <numeric>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace oms_connector::omsctl {
namespace {

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// The words that may follow a command: its sub-commands and flags, and the
// flags of the commands above it.
std::vector<std::string> WordsAfter(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : CommandsOf(app)) {
    words.push_back(command->get_name());
  }
  for (const CLI::App* level = &app; level != nullptr;
       level = level->get_parent()) {
    for (const CLI::Option* option :
         level->get_options([](const CLI::Option*) { return true; })) {
      for (const std::string& name : option->get_lnames()) {
        words.push_back(absl::StrCat("--", name));
      }
    }
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

// One case for each command below `app`, which is reached by `path`.
void AddCases(const CLI::App& app, const std::string& path,
              std::vector<std::string>& paths, std::string& cases) {
  absl::StrAppend(&cases, "    \"", path, "\")\n      words=\"",
                  absl::StrJoin(WordsAfter(app), " "), "\" ;;\n");
  for (const CLI::App* command : CommandsOf(app)) {
    const std::string below = absl::StrCat(path, " ", command->get_name());
    paths.push_back(absl::StrCat("\"", below, "\""));
    AddCases(*command, below, paths, cases);
  }
}

// How many letters must be put in, left out or changed to make `b` of `a`.
size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

// Empty where less than about two thirds of the word are right.
std::string Nearest(const CLI::App& app, absl::string_view word) {
  std::string nearest;
  size_t least = word.size() / 3 + 2;
  for (const CLI::App* command : CommandsOf(app)) {
    const size_t distance = Distance(word, command->get_name());
    if (distance >= least) continue;
    least = distance;
    nearest = command->get_name();
  }
  return nearest;
}

// Whether the flag `word` takes the argument behind it as its value.
bool TakesNext(const CLI::App& app, const std::string& word) {
  if (absl::StrContains(word, '=')) return false;
  for (const CLI::App* level = &app; level != nullptr;
       level = level->get_parent()) {
    const CLI::Option* option = level->get_option_no_throw(word);
    if (option != nullptr) return option->get_expected_max() > 0;
  }
  return false;
}

// Plain text as roff reads it.
std::string Roff(absl::string_view text) {
  std::string escaped =
      absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}});
  return absl::StartsWith(escaped, ".") || absl::StartsWith(escaped, "'")
             ? absl::StrCat("\\&", escaped)
             : escaped;
}

void AddOptions(const CLI::App& app, std::string& page) {
  for (const CLI::Option* option :
       app.get_options([](const CLI::Option*) { return true; })) {
    // Every command has --help; the page says it once.
    if (app.get_parent() != nullptr && option == app.get_help_ptr()) continue;
    const std::string value =
        option->get_positional() || option->get_expected_max() == 0
            ? ""
            : absl::StrCat(" ", option->get_type_name());
    absl::StrAppend(&page, ".TP\n.B ",
                    Roff(absl::StrCat(option->get_name(/*positional=*/false,
                                                       /*all_options=*/true),
                                      value)),
                    "\n", Roff(option->get_description()), "\n");
  }
}

// The command reached by `path`, then those below it.
void AddManual(const CLI::App& app, const std::string& path,
               std::string& page) {
  const std::vector<const CLI::App*> below = CommandsOf(app);
  if (below.empty()) {
    std::string arguments;
    for (const CLI::Option* option : app.get_options(
             [](const CLI::Option* o) { return o->get_positional(); })) {
      absl::StrAppend(&arguments, " ",
                      absl::AsciiStrToUpper(option->get_name(true)));
    }
    absl::StrAppend(&page, ".SS ", Roff(absl::StrCat(path, arguments)), "\n",
                    Roff(app.get_description()), "\n");
    AddOptions(app, page);
    if (!app.get_footer().empty()) {
      absl::StrAppend(&page, ".PP\n.nf\n");
      for (absl::string_view line : absl::StrSplit(app.get_footer(), '\n')) {
        absl::StrAppend(&page, Roff(line), "\n");
      }
      absl::StrAppend(&page, ".fi\n");
    }
  }
  for (const CLI::App* command : below) {
    AddManual(*command, absl::StrCat(path, " ", command->get_name()), page);
  }
}

}  // namespace

std::string ManualPage(const CLI::App& app) {
  std::string page = absl::StrCat(
      ".TH OMSCTL 1 \"\" \"OMS Connector\"\n.SH NAME\nomsctl \\- ",
      Roff(app.get_description()),
      "\n.SH SYNOPSIS\n.B omsctl\n[\\fIOPTION\\fR]... \\fICOMMAND\\fR "
      "[\\fIARGUMENT\\fR]...\n.SH OPTIONS\n");
  AddOptions(app, page);
  absl::StrAppend(&page, ".SH COMMANDS\n");
  AddManual(app, "omsctl", page);
  absl::StrAppend(&page,
                  ".SH EXIT STATUS\n0 for success, 1 for an error of the "
                  "server or on the way to it, 2 for a command line that "
                  "cannot be.\n.SH SEE ALSO\n.BR oms_connector_server (8),\n"
                  "/usr/share/doc/oms\\-connector/operations.md\n");
  return page;
}

std::string BashCompletion(const CLI::App& app) {
  std::vector<std::string> paths;
  std::string cases;
  AddCases(app, "", paths, cases);
  return absl::StrCat(
      "# Completion of omsctl for bash, made from its own commands:\n"
      "#   source <(omsctl completion bash)\n"
      "_omsctl() {\n"
      "  local path='' words='' i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$path ${COMP_WORDS[i]}\" in\n      ",
      absl::StrJoin(paths, " | \\\n      "),
      ")\n        path=\"$path ${COMP_WORDS[i]}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case $path in\n",
      cases,
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
      "\"${COMP_WORDS[COMP_CWORD]}\")\n"
      "}\n"
      "complete -o bashdefault -o default -F _omsctl omsctl\n");
}

std::string NearestCommand(const CLI::App& app,
                           const std::vector<std::string>& arguments) {
  const CLI::App* level = &app;
  std::string path;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (absl::StartsWith(word, "-")) {
      if (TakesNext(*level, word)) ++i;
      continue;
    }
    if (CommandsOf(*level).empty()) return "";
    const std::vector<const CLI::App*> commands = CommandsOf(*level);
    const auto found = std::find_if(
        commands.begin(), commands.end(),
        [&](const auto* command) { return command->get_name() == word; });
    if (found == commands.end()) {
      const std::string nearest = Nearest(*level, word);
      return nearest.empty() ? "" : absl::StrCat(path, nearest);
    }
    absl::StrAppend(&path, word, " ");
    level = *found;
  }
  return "";
}

void AddCompletionCommand(CLI::App& app, Action& chosen) {
  CLI::App& group = AddGroup(app, "completion", "completion for a shell");
  CLI::App& bash =
      *group.add_subcommand("bash", "prints a script that bash can source");
  bash.callback([&app, &chosen] {
    chosen = [&app](Session& session) {
      *session.out << BashCompletion(app);
      return absl::OkStatus();
    };
  });
  CLI::App& man =
      *app.add_subcommand("man", "prints the manual page of omsctl");
  man.callback([&app, &chosen] {
    chosen = [&app](Session& session) {
      *session.out << ManualPage(app);
      return absl::OkStatus();
    };
  });
  AddExamples(man, {"omsctl man | man -l -"});
  AddExamples(bash, {"source <(omsctl completion bash)",
                     "omsctl completion bash "
                     ">/usr/share/bash-completion/completions/omsctl"});
}

}  // namespace oms_connector::omsctl
