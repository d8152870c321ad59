"""Signs of the platform around the code: runners, limits, services, workflows."""

from __future__ import annotations

from gatepost.analysis.sign import Sign, rx
from gatepost.model import FailureType

_AGAIN = (
    "Re-run the failed jobs; if it comes back, check the service's status page and pin a mirror or cache."
)

SIGNS = (
    Sign(
        name="job-time-limit",
        failure=FailureType.TIMEOUT,
        rank=95,
        patterns=rx(
            r"exceeded the maximum (?:execution )?time(?: limit)? (?:of )?(?P<limit>\d+ ?\w+)",
            r"exceeded the maximum (?:execution )?time",
            ignore_case=True,
        ),
        title="The job was stopped at its time limit ({limit})",
        why="Nothing in the job failed by itself: it was still running when the limit came.",
        fix="Find the step that took longest; speed it up or split it, or raise `timeout-minutes`.",
    ),
    Sign(
        name="ran-out-of-time",
        failure=FailureType.TIMEOUT,
        rank=93,
        patterns=rx(r"^The job ran into a time limit$"),
        title="The job ran out of time",
        why="It was still running when a time limit came; the last lines show what it was doing.",
        fix="Find the step that took longest; speed it up or split it, or raise the limit.",
    ),
    Sign(
        name="no-output-limit",
        failure=FailureType.TIMEOUT,
        rank=95,
        patterns=rx(
            r"No output has been received in the last (?P<limit>\d+ ?\w+)",
            r"Too long with no output \(exceeded (?P<limit>\w+)\)",
        ),
        title="The job printed nothing for {limit} and was stopped",
        why="A command hangs, or works silently for longer than the service allows.",
        fix="Give the silent command its own time limit or a progress output, and see where it waits.",
    ),
    Sign(
        name="test-timed-out",
        failure=FailureType.TIMEOUT,
        rank=92,
        patterns=rx(
            r"panic: test timed out after (?P<limit>\S+)",
            r"Failed: Timeout \(?>?\s?(?P<limit>[\d.]+ ?s)",
            r"^\++ Timeout \++$",
        ),
        title="A test ran into its time limit ({limit})",
        why="The test or what it waits for hangs; the stack in the log shows where.",
        fix="Look at what the test waits for there, and give that wait a limit of its own.",
    ),
    Sign(
        name="command-timed-out",
        failure=FailureType.TIMEOUT,
        rank=88,
        patterns=rx(
            r"exit(?:ed)?(?: with)?(?: (?:code|status))?:? 124\b",
            r"TimeoutExpired: Command .* timed out after (?P<limit>[\d.]+ seconds)",
            r"The action .* has timed out after (?P<limit>\d+ minutes)",
        ),
        title="A command was stopped by its time limit ({limit})",
        fix="See what the command waits for; raise its limit only if the work really takes that long.",
    ),
    Sign(
        name="runner-lost",
        failure=FailureType.INFRASTRUCTURE,
        rank=94,
        patterns=rx(
            r"runner has received a shutdown signal",
            r"runner(?:: .*)? lost communication with the server",
            r"The agent (?:lost|did not connect)",
            r"An error occurred while provisioning",
            ignore_case=True,
        ),
        title="The runner was shut down or lost its connection while the job ran",
        why="The machine went away; the log says nothing against the code.",
        fix="Re-run the failed jobs. If it repeats at the same step, that step probably exhausts memory or CPU.",
    ),
    Sign(
        name="operation-cancelled",
        failure=FailureType.UNKNOWN,
        rank=10,
        patterns=rx(r"^(?:Error: )?The operation was cancel+ed\.?$"),
        title="The job was cancelled",
        why="A person, a newer run of the same concurrency group or a time limit stopped it.",
        fix="Nothing to fix if the cancellation was meant; else re-run it.",
    ),
    Sign(
        name="out-of-memory",
        failure=FailureType.INFRASTRUCTURE,
        rank=90,
        patterns=rx(
            r"exit(?:ed)?(?: with)?(?: (?:code|status))?:? 137\b",
            r"\bOOMKilled\b|Out of memory: Killed process|oom-kill(?:er)?\b|signal: killed|Cannot allocate memory",
            r"JavaScript heap out of memory|java\.lang\.OutOfMemoryError|: fatal error: Killed signal",
            r"^(?:\S+: line \d+:\s+\d+ )?Killed\b",
        ),
        title="The process ran out of memory and was killed",
        why="More memory was asked for than the machine or the container limit allows.",
        fix="Give the job more memory, or lower what it holds at once: batch size, workers, parallel jobs.",
    ),
    Sign(
        name="disk-full",
        failure=FailureType.INFRASTRUCTURE,
        rank=91,
        patterns=rx(
            r"No space left on device|\bENOSPC\b|disk quota exceeded|You are running out of disk space",
            ignore_case=True,
        ),
        title="The disk of the runner is full",
        fix="Free space before this step (remove caches, images or old artifacts), or use a larger runner.",
    ),
    Sign(
        name="rate-limited",
        failure=FailureType.INFRASTRUCTURE,
        rank=72,
        patterns=rx(
            r"toomanyrequests|API rate limit exceeded|secondary rate limit|\b429 Too Many Requests"
            r"|You have reached your (?:unauthenticated )?pull rate limit",
            ignore_case=True,
        ),
        title="A service refused further requests: its rate limit was reached",
        fix="Authenticate the request or cache what it fetches, then re-run.",
    ),
    Sign(
        name="name-not-resolved",
        failure=FailureType.INFRASTRUCTURE,
        rank=52,
        patterns=rx(
            r"(?:Could not resolve host(?:name)?:? ?|getaddrinfo (?:ENOTFOUND|EAI_AGAIN) |Temporary failure resolving ['\"]?"
            r"|UnknownHostException: |dial tcp: lookup |Failed to resolve ['\"])(?P<host>[\w.-]+)",
            r"Temporary failure in name resolution|Name or service not known",
        ),
        title="The host name {host} could not be resolved",
        why="The machine could not look up a host name: DNS or the network was down, or the name is wrong.",
        fix=_AGAIN,
        identity=("host",),
    ),
    Sign(
        name="service-unreachable",
        failure=FailureType.INFRASTRUCTURE,
        rank=50,
        patterns=rx(
            r"(?:connect(?:ing)? to |https?://|ECONNREFUSED |dial tcp )(?P<host>[\w-]+(?:\.[\w-]+)+(?::\d+)?|localhost:\d+).*(?:timed out|refused|reset)",
            r"Connection (?:timed out|reset by peer|refused)|ECONNRE(?:SET|FUSED)|ETIMEDOUT|TLS handshake timeout",
            r"(?:i/o|read|connect) timeout|Read timed out|Network is unreachable|remote end hung up unexpectedly",
            r"Failed to connect to (?P<host>[\w.-]+(?: port \d+)?)|Couldn't connect to server",
            r"host='(?P<host>[\w.-]+)', port=\d+\): Max retries exceeded",
            r"Connection aborted|SSL_ERROR_SYSCALL|failed to fetch oauth token",
            ignore_case=True,
        ),
        title="A service could not be reached ({host})",
        why="A connection to another machine failed; whether that machine or the network is at fault, the log does not say.",
        fix=_AGAIN,
        identity=("host",),
    ),
    Sign(
        name="service-error",
        failure=FailureType.INFRASTRUCTURE,
        rank=51,
        patterns=rx(
            r"\b(?P<status>50[0234]) (?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out|Internal Server Error"
            r"|Server Error)",
            r"(?:HTTP(?:/[\d.]+)?|status(?: code)?|HTTP error|returned error|response code)[: =]*\(?(?P<status>50[0234])\b",
            ignore_case=True,
        ),
        title="A service answered {status}",
        why="The fault lies with the service that was asked, or with what stands in front of it.",
        fix=_AGAIN,
        identity=("status",),
    ),
    Sign(
        name="workflow-invalid",
        failure=FailureType.WORKFLOW,
        rank=95,
        patterns=rx(
            r"(?P<path>\.github/workflows/\S+?) \(Line: (?P<line>\d+), Col: \d+\): (?P<text>.+)",
            r"Invalid workflow file: (?P<path>\S+?)(?:#L(?P<line>\d+))?$",
            r"Invalid workflow file|The workflow is not valid\. ?(?P<text>.*)",
            r"(?P<text>Unrecognized named-value: .+|error parsing called workflow .+)",
        ),
        title="The workflow file {path} is not valid: {text}",
        fix="Correct the named line; `actionlint` finds such mistakes before the push.",
        identity=("path", "text"),
    ),
    Sign(
        name="action-not-found",
        failure=FailureType.WORKFLOW,
        rank=93,
        patterns=rx(
            r"Unable to resolve action `?(?P<action>[^`,\s]+)",
            r"Can't find '?action\.ya?ml'?.* under '(?P<action>[^']+)'",
            r"automatically failed because it uses a deprecated version of `?(?P<action>[^`\s]+)",
        ),
        title="The workflow uses an action that is not available: {action}",
        fix="Correct the name, tag or commit after `uses:`; a local action needs a checkout before it.",
        identity=("action",),
    ),
    Sign(
        name="input-missing",
        failure=FailureType.WORKFLOW,
        rank=76,
        patterns=rx(r"Input required and not supplied: (?P<input>\S+)"),
        title="The action needs the input `{input}`, which the workflow does not give",
        why="A secret that does not exist, or that a fork may not read, arrives as an empty input.",
        fix="Pass `{input}` under `with:`, and check that the secret behind it exists for this event.",
        identity=("input",),
    ),
    Sign(
        name="token-forbidden",
        failure=FailureType.WORKFLOW,
        rank=74,
        patterns=rx(
            r"Resource not accessible by (?:integration|personal access token)",
            r"Permission to \S+ denied to \S+|refusing to allow .* to create or update workflow",
        ),
        title="The job's token may not do what the step asked",
        fix="Grant the one missing permission under the job's `permissions:`.",
    ),
    Sign(
        name="artifact-missing",
        failure=FailureType.WORKFLOW,
        rank=66,
        patterns=rx(
            r"Unable to find any artifacts|Artifact not found for name: (?P<name>.+)",
            r"^(?:Error: )?No files were found with the provided path: (?P<name>\S+)",
        ),
        title="An artifact or file that a step expects is not there: {name}",
        fix="Check that the step before uploads it under the same name, and did not fail or skip.",
        identity=("name",),
    ),
)
