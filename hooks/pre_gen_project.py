"""Check every answer, and say at once all that is wrong with them.

Runs in whatever Python runs cookiecutter, before the first file is written: standard library only.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import unicodedata

# Jinja's tojson writes an apostrophe as \u0027, so that no answer ends this string.
ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")
# The answers of the command line and of the configuration file before cookiecutter rendered them.
AS_GIVEN = json.loads(r"""{{ _cookiecutter | default({}) | tojson }}""")

# "{" is written as \x7b, because this file is a Jinja template itself.
JINJA = ("\x7b\x7b", "\x7b%", "\x7b#")
# Characters that make text read differently than it is stored: CVE-2021-42574, "Trojan Source".
DIRECTION_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# Zappa's execution role, `<slug>-production-ZappaLambdaExecutionRole`, may have 64 characters:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
# The function, `<slug>-production`, the stack and the schedules' rules may all be longer than what that leaves.
LONGEST_SLUG = 64 - len("-production-ZappaLambdaExecutionRole")

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
OTHER_PARTITIONS = ("cn-", "eusc-", "us-iso", "eu-iso", "us-gov-east-")

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
BUCKET_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def one_line(text, longest):
    """Return what is wrong with a text that people read, or None."""
    if text != text.strip():
        return "must not begin or end with a blank"
    if len(text) > longest:
        return f"must have at most {longest} characters, it has {len(text)}"
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        return "must be one line, without control characters"
    if DIRECTION_CONTROLS.intersection(text):
        return (
            "must be without characters that change the direction of the text unseen"
            " (U+202A to U+202E, U+2066 to U+2069)"
        )
    return None


def project_name(name):
    return "must not be blank" if not name.strip() else one_line(name, longest=100)


def project_slug(slug):
    if not re.fullmatch("[a-z][a-z0-9]*(-[a-z0-9]+)*", slug):
        return (
            "must be lower-case letters a to z, digits and single dashes,"
            " begin with a letter and not end with a dash"
        )
    if len(slug) > LONGEST_SLUG:
        return (
            f"must have at most {LONGEST_SLUG} characters, it has {len(slug)}:"
            " AWS allows 64 for the role <slug>-production-ZappaLambdaExecutionRole"
        )
    if slug in ANSWERS["_device_names"].split():
        return "must not be a device's name: Windows cannot have such a folder"
    return None


def description(text):
    return "must not be blank" if not text.strip() else one_line(text, longest=250)


def author_name(name):
    return one_line(name, longest=100)


def aws_region(region):
    if not re.fullmatch("[a-z]{2,4}(-[a-z]+){1,2}-[1-9][0-9]?", region):
        return "must be a region's code, not its name"
    if region.startswith(OTHER_PARTITIONS):
        return (
            "must be a region whose names begin with arn:aws:, or us-gov-west-1:"
            " Zappa, which deploys the service, cannot write those of China, of the European sovereign"
            " cloud, of the isolated regions and of us-gov-east-1"
        )
    return None


def s3_bucket(bucket):
    if not 3 <= len(bucket) <= 63:
        return f"must have 3 to 63 characters, it has {len(bucket)}"
    if not re.fullmatch("[a-z0-9]([a-z0-9.-]*[a-z0-9])?", bucket):
        return (
            "must be lower-case letters a to z, digits, dashes and dots,"
            " with a letter or a digit at both ends"
        )
    if ".." in bucket or re.fullmatch("[0-9]+(\\.[0-9]+){3}", bucket):
        return "must not hold two dots in a row, nor look like an IP address"
    if bucket.startswith(BUCKET_PREFIXES):
        return f"must not begin with {', '.join(BUCKET_PREFIXES)}: Amazon keeps these for itself"
    if bucket.endswith(BUCKET_SUFFIXES):
        return f"must not end with {', '.join(BUCKET_SUFFIXES)}: Amazon keeps these for itself"
    return None


def one_of(*choices):
    def choice(answer):
        return None if answer in choices else "must be one of " + ", ".join(choices)

    return choice


# Question, what finds its mistake, a right answer.
VALIDATORS = (
    ("project_name", project_name, "Order Service"),
    ("project_slug", project_slug, "order-service"),
    ("description", description, "Takes orders and passes them on."),
    ("author_name", author_name, "Jane Doe"),
    ("python_version", one_of("3.13", "3.14", "3.12"), "3.13"),
    ("aws_region", aws_region, "eu-central-1"),
    ("s3_bucket", s3_bucket, "zappa-order-service-k3x9q2ma"),
    ("database", one_of("postgresql", "mysql"), "postgresql"),
    ("ci", one_of("github", "none"), "github"),
)
# Their defaults in cookiecutter.json are computed from other answers.
COMPUTED = ("project_slug", "s3_bucket")


def rendered(question):
    """Return the answer as it was given if it holds Jinja syntax, else None."""
    for answer in (ANSWERS[question], AS_GIVEN.get(question) if question not in COMPUTED else None):
        if isinstance(answer, str) and any(mark in answer for mark in JINJA):
            return answer
    return None


def given(question):
    """Return an answer as it was given; cookiecutter.json replaces a slug that could do harm."""
    answer = ANSWERS[question]
    return ANSWERS["__given_slug"] if answer == "the-slug-was-refused" else answer


def mistake(question, validate):
    """Return the answer that is wrong and what is wrong with it, or None."""
    answer = given(question)
    if not isinstance(answer, str):
        return answer, "must be text; in a configuration file, put it in quotes"
    if rendered(question) is not None:
        marks = " ".join(JINJA)
        return rendered(question), f"must be without {marks}: cookiecutter computes these"
    reason = validate(answer)
    return (answer, reason) if reason else None


def computed_from(question, wrong):
    """Tell whether an answer was computed from one of the `wrong` ones, so that it is wrong too."""
    answer = ANSWERS[question]
    if question == "project_slug":
        return "project_name" in wrong and answer == ANSWERS["__slug_of_name"]
    if question == "s3_bucket":
        prefix = "zappa-{}-".format(ANSWERS["project_slug"])
        return bool(wrong & {"project_name", "project_slug"}) and answer.startswith(prefix)
    return False


def right_answers(wrong):
    """Return each answer that can be given again, by its question."""
    return {
        question: ANSWERS[question]
        for question, _, _ in VALIDATORS
        if question not in wrong and not computed_from(question, wrong)
    }


def command_to_answer_again(answers):
    """Return the command, as arguments, that asks again with `answers` filled in; None without need.

    `--replay` would not do: its file holds what cookiecutter computed from the wrong answers.
    """
    # uv tells its children its path: https://docs.astral.sh/uv/reference/environment/
    by_uv = "UV" in os.environ
    if "_commit" in ANSWERS:  # set by cruft
        if os.path.exists(os.path.join(started_in(), ".cruft.json")):
            return None  # an update: the service has the answers
        cruft = ["uvx", "cruft"] if by_uv else ["cruft"]
        return [*cruft, "create", ANSWERS["_template"], "--extra-context", json.dumps(answers)]
    command = newer_cookiecutter() if by_uv else ["cookiecutter"]
    if ANSWERS.get("_checkout"):
        command += ["--checkout", ANSWERS["_checkout"]]
    if os.path.realpath(ANSWERS["_output_dir"]) != started_in():
        command += ["--output-dir", ANSWERS["_output_dir"]]
    return [*command, ANSWERS["_template"], *map("=".join, answers.items())]


def started_in():
    """Return the folder of the shell, "" where it does not tell: a hook runs in the new one."""
    return os.path.realpath(os.environ["PWD"]) if "PWD" in os.environ else ""


def newer_cookiecutter():
    """Return the command, as arguments, with which uv runs a cookiecutter that is new enough."""
    return ["uvx", "cookiecutter>=" + ANSWERS["_least_cookiecutter"]]


def quoted(command):
    """Return the arguments of `command` as a line for this system's shell."""
    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)


def way_back(wrong):
    """Return the lines that tell how to answer again without losing what was right."""
    command = command_to_answer_again(right_answers(wrong))
    if command is None:
        return []
    return ["This asks again, with all other answers filled in:", "", "  " + quoted(command), ""]


def message(mistakes):
    """Return the lines that tell a person all `mistakes`: question, answer, reason, example."""
    count = "1 answer needs" if len(mistakes) == 1 else f"{len(mistakes)} answers need"
    lines = ["", f"Nothing was generated: {count} another look.", ""]
    for question, answer, reason, example in mistakes:
        lines += [f"  {question}: {answer!r}", f"    {reason}", f"    for example: {example}", ""]
    lines += way_back({question for question, *_ in mistakes})
    return [*lines, "What cookiecutter prints below is its own report of this refusal.", ""]


def find_mistakes():
    for question, validate, example in VALIDATORS:
        found = mistake(question, validate)
        if found:
            yield (question, *found, example)


def too_old():
    """Return the lines for a cookiecutter that cannot bake this template, None for another one."""
    try:
        from cookiecutter import __version__ as version
    except ImportError:  # run by something else, which has to know what it does
        return None
    least = ANSWERS["_least_cookiecutter"]
    if numbers(version) >= numbers(least):
        return None
    needed = f"this template needs cookiecutter {least} or newer, this is {version}"
    return [
        "",
        f"Nothing was generated: {needed}.",
        "With uv, which takes a newer one for this run only:",
        "",
        "  " + quoted([*newer_cookiecutter(), ANSWERS["_template"]]),
        "",
    ]


def numbers(version):
    """Return the first three numbers of a version, comparable."""
    return [int(number) for number in re.findall("[0-9]+", version)[:3]]


def refusal():
    """Return the lines that say why nothing is generated, None when all is well."""
    old = too_old()
    if old:
        return old
    mistakes = list(find_mistakes())
    return message(mistakes) if mistakes else None


def main():
    lines = refusal()
    if lines:
        # A console of Windows may lack the characters of the answer.
        sys.stderr.reconfigure(errors="backslashreplace")
        print("\n".join(lines), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
