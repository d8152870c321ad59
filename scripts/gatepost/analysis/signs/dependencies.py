"""Signs of package managers and imports that do not resolve."""

from __future__ import annotations

from gatepost.analysis.sign import Sign, rx
from gatepost.model import FailureType

SIGNS = (
    Sign(
        name="python-module-missing",
        failure=FailureType.DEPENDENCY,
        rank=82,
        patterns=rx(
            r"ModuleNotFoundError: No module named ['\"](?P<module>[\w.]+)",
            r"ImportError: No module named (?P<module>[\w.]+)",
        ),
        title="The Python module `{module}` is not installed",
        many="{count} Python modules are not installed, first `{module}`",
        detail="`{module}`",
        fix="Add the package that provides `{module}` to the requirements this job installs; if it is the project's own, install the project first.",
        identity=("module",),
    ),
    Sign(
        name="python-import",
        failure=FailureType.DEPENDENCY,
        rank=78,
        patterns=rx(
            r"ImportError: (?P<text>cannot import name ['\"]?(?P<name>\w+)['\"]? from ['\"](?P<module>[\w.]+).*)",
            r"ImportError: (?P<text>(?P<name>[\w.+-]+\.so[\w.]*): (?:cannot open shared object file|undefined symbol).*)",
            r"AttributeError: (?P<text>module ['\"](?P<module>[\w.]+)['\"] has no attribute ['\"](?P<name>\w+))",
        ),
        title="An import does not fit the installed version: {text}",
        why="The name is not in the version of the package that was installed.",
        fix="Pin the version that has it, or change the import to what the installed version offers.",
        identity=("module", "name"),
    ),
    Sign(
        name="python-requirement",
        failure=FailureType.DEPENDENCY,
        rank=71,
        patterns=rx(
            r"No matching distribution found for (?P<package>\S+)",
            r"Could not find a version that satisfies the requirement (?P<package>\S+)",
            r"ResolutionImpossible|Cannot install (?P<package>.+?) because these package versions have conflicting dependencies",
            r"(?P<text>Because .*(?:requires?|depends? on|there (?:is|are) no versions?) .*)",
            r"SolverProblemError|(?P<text>.+ requires a different Python: .+)",
            r"THESE PACKAGES DO NOT MATCH THE HASHES.*",
            r"(?:LibMamba)?UnsatisfiableError|nothing provides (?P<package>\S+)",
        ),
        title="The Python requirement {package} cannot be met: {text}",
        fix="Correct the name or the version in the requirements file; loosen one of two pins that contradict each other.",
        identity=("package",),
        context=4,
    ),
    Sign(
        name="wheel-build",
        failure=FailureType.DEPENDENCY,
        rank=67,
        patterns=rx(
            r"(?:ERROR: )?Failed (?:building wheel for|to build) ['`]?(?P<package>[\w.-]+)",
            r"error: (?:subprocess-exited-with-error|metadata-generation-failed)",
            r"Could not build wheels for (?P<package>[\w.-]+)",
        ),
        title="The package {package} could not be built from source",
        fix="Pin a version that has a wheel for this Python, or install the headers and compiler it needs.",
        identity=("package",),
        context=4,
    ),
    Sign(
        name="node-dependency",
        failure=FailureType.DEPENDENCY,
        rank=71,
        patterns=rx(
            r"npm (?:ERR!|error) (?:code )?(?P<code>ERESOLVE|E404|ETARGET|EUSAGE|EBADENGINE|EINTEGRITY)\b(?P<text>.*)",
            r"npm (?:ERR!|error) notarget (?P<text>No matching version found for .+)",
            r"(?P<code>ERR_PNPM_\w+)(?P<text>.*)|error Couldn't find (?P<text2>package .+|any versions for .+)",
            r"(?P<text>Your lockfile needs to be updated|The lockfile would have been modified by this install.*)",
        ),
        title="Node packages could not be installed ({code}): {text}{text2}",
        fix="Install locally with the same manager version and commit the lock file it writes.",
        identity=("code", "text"),
    ),
    Sign(
        name="node-module-missing",
        failure=FailureType.DEPENDENCY,
        rank=77,
        patterns=rx(
            r"(?:Error: Cannot find module|Module not found: Error: Can't resolve|Cannot find package|Failed to resolve import) ['\"](?P<module>[^'\"]+)"
        ),
        title="The module `{module}` cannot be found",
        fix="Add it to `package.json` and the lock file, or correct the path of the import.",
        identity=("module",),
    ),
    Sign(
        name="other-dependency",
        failure=FailureType.DEPENDENCY,
        rank=71,
        # Maven, Gradle, Go, Cargo, Bundler, Composer, NuGet, apt, Conan, CocoaPods, CPAN
        patterns=rx(
            r"Could not (?:resolve|find) (?:dependencies for project |artifact )?(?P<package>[\w.-]+:[\w.:-]+)",
            r"(?:go: |: )(?P<package>[\w./-]+@v[\w.+-]+): (?:invalid version|reading|unknown revision|module .* not found)",
            r"no required module provides package (?P<package>[^;\s]+)|missing go\.sum entry for (?P<package2>\S+)",
            r"error: (?:no matching package named|failed to select a version for(?: the requirement)?) `(?P<package>[^`]+)`",
            r"Could not find gem '(?P<package>[^']+)|Bundler could not find compatible versions for gem \"(?P<package2>[^\"]+)",
            r"Your requirements could not be resolved to an installable set of packages",
            r"error NU\d{4}: (?P<text>.+)",
            r"E: (?:Unable to locate package|Package) '?(?P<package>[\w.+-]+)|E: (?P<text>Unable to correct problems.+)",
            r"Can't locate (?P<package>[\w/]+\.pm) in @INC",
            r"Unable to find a (?:specification|pod with name)[^`]*`(?P<package>[^`]+)`|CocoaPods could not find compatible versions for pod \"(?P<package2>[^\"]+)",
            r"Could not resolve all (?:files|dependencies|artifacts) for configuration '(?P<package>[^']+)'",
        ),
        title="The dependency {package}{package2} cannot be resolved: {text}",
        fix="Check its name, version and repository; update the lock file when the manifest changed.",
        identity=("package", "package2", "text"),
        context=4,
    ),
)
