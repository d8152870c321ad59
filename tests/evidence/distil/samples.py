"""Failures as well-known tools print them; `»` marks the line that states the cause."""

# ruff: noqa: E101, E501 - tools write tabs and long lines

SAMPLES = {
    "pytest": """\
=================================== FAILURES ===================================
_________________________ test_discount_is_never_negative ______________________

    def test_discount_is_never_negative():
>       assert price(basket, discount=120) >= 0
»E       AssertionError: assert -20 >= 0
E        +  where -20 = price(<Basket 3 items>, discount=120)

tests/test_price.py:41: AssertionError
=========================== short test summary info ============================
FAILED tests/test_price.py::test_discount_is_never_negative - AssertionError: assert -20 >= 0
========================= 1 failed, 211 passed in 4.08s ========================
""",
    "unittest": """\
======================================================================
»FAIL: test_total (shop.tests.CartTest.test_total)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/home/runner/work/shop/shop/tests.py", line 18, in test_total
    self.assertEqual(cart.total(), 12)
AssertionError: 11 != 12

----------------------------------------------------------------------
Ran 54 tests in 0.211s

FAILED (failures=1)
""",
    "maven": """\
[INFO] Running org.acme.shop.CartTest
»[ERROR] Tests run: 4, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.08 s <<< FAILURE! -- in org.acme.shop.CartTest
[ERROR] org.acme.shop.CartTest.addsUp -- Time elapsed: 0.01 s <<< FAILURE!
org.opentest4j.AssertionFailedError: expected: <12> but was: <11>
	at org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:55)
	at org.acme.shop.CartTest.addsUp(CartTest.java:31)
""",
    "gradle": """\
> Task :app:test

»CartTest > addsUp() FAILED
    org.opentest4j.AssertionFailedError: expected: <12> but was: <11>
        at app//org.acme.shop.CartTest.addsUp(CartTest.java:31)

> Task :app:test FAILED

FAILURE: Build failed with an exception.

* What went wrong:
Execution failed for task ':app:test'.
> There were failing tests. See the report at: file:///build/app/reports/tests/test/index.html
""",
    "java": """\
»Exception in thread "main" java.lang.IllegalStateException: port 8080 is taken
	at org.acme.Server.bind(Server.java:77)
	at org.acme.Main.main(Main.java:12)
Caused by: java.net.BindException: Address already in use
	... 2 more
""",
    "sbt": """\
»[error] /builds/acme/shop/src/main/scala/Cart.scala:14:23: type mismatch;
[error]  found   : String
[error]  required: Int
[error]     items.map(_.name).sum
[error]                       ^
[error] one error found
[error] (Compile / compileIncremental) Compilation failed
""",
    "jest": """\
FAIL src/cart.test.ts
»  ● cart › adds up

    expect(received).toBe(expected) // Object.is equality

    Expected: 12
    Received: 11

      14 |   it('adds up', () => {
    > 15 |     expect(total(cart)).toBe(12)
         |                         ^
      at Object.<anonymous> (src/cart.test.ts:15:25)

Test Suites: 1 failed, 31 passed, 32 total
""",
    "mocha": """\
  41 passing (310ms)
  1 failing

  1) cart
       adds up:

»      AssertionError: expected 11 to equal 12
      + expected - actual

      -11
      +12

      at Context.<anonymous> (test/cart.spec.js:15:24)
""",
    "npm": """\
»npm ERR! code ERESOLVE
npm ERR! ERESOLVE unable to resolve dependency tree
npm ERR!
npm ERR! While resolving: shop@1.4.0
npm ERR! Found: react@17.0.2
npm ERR! Could not resolve dependency:
npm ERR! peer react@"^18.0.0" from react-dom@18.2.0
""",
    "eslint": """\
/home/runner/work/shop/shop/src/cart.js
   3:10  warning  Unexpected console statement  no-console
»  14:7   error    'total' is assigned a value but never used  no-unused-vars

\u2716 2 problems (1 error, 1 warning)
""",
    "tsc": """\
»src/cart.ts(14,7): error TS2322: Type 'string' is not assignable to type 'number'.
src/cart.ts(19,3): error TS2554: Expected 2 arguments, but got 1.
""",
    "go": """\
=== RUN   TestTotal
»    cart_test.go:21: total = 11, want 12
--- FAIL: TestTotal (0.00s)
FAIL
FAIL	acme.dev/shop/cart	0.004s
""",
    "go-build": """\
# acme.dev/shop/cart
»cart/cart.go:14:9: undefined: Totla
cart/cart.go:20:2: missing return
""",
    "rust": """\
»error[E0308]: mismatched types
  --> src/cart.rs:14:9
   |
13 | fn total(&self) -> u32 {
   |                    --- expected `u32` because of return type
14 |         "eleven"
   |         ^^^^^^^^ expected `u32`, found `&str`

error: could not compile `shop` (lib) due to 1 previous error
""",
    "rust-test": """\
failures:

---- cart::adds_up stdout ----
»thread 'cart::adds_up' panicked at src/cart.rs:31:9:
assertion `left == right` failed
  left: 11
 right: 12

failures:
    cart::adds_up

test result: FAILED. 40 passed; 1 failed; 0 ignored
""",
    "gcc/clang": """\
»src/cart.c:14:12: error: 'totla' undeclared (first use in this function); did you mean 'total'?
   14 |     return totla;
      |            ^~~~~
      |            total
src/cart.c:14:12: note: each undeclared identifier is reported only once for each function it appears in
""",
    "ld": """\
»/usr/bin/ld: cart.o: in function `main': cart.c:(.text+0x1f): undefined reference to `total'
collect2: error: ld returned 1 exit status
""",
    "rspec": """\
Failures:

  1) Cart adds up
     Failure/Error: expect(cart.total).to eq(12)

»       expected: 12
            got: 11

       (compared using ==)
     # ./spec/cart_spec.rb:15:in `block (2 levels) in <top (required)>'

Finished in 0.31 seconds (files took 0.9 seconds to load)
54 examples, 1 failure

Failed examples:

rspec ./spec/cart_spec.rb:14 # Cart adds up
""",
    "minitest": """\
»  1) Failure:
CartTest#test_total [test/cart_test.rb:15]:
Expected: 12
  Actual: 11

54 runs, 80 assertions, 1 failures, 0 errors, 0 skips
""",
    "dotnet": """\
»/src/Shop/Cart.cs(14,13): error CS0029: Cannot implicitly convert type 'string' to 'int' [/src/Shop/Shop.csproj]

Build FAILED.
""",
    "phpunit": """\
There was 1 failure:

»1) Acme\\Shop\\CartTest::testTotal
Failed asserting that 11 matches expected 12.

/home/runner/work/shop/shop/tests/CartTest.php:31

FAILURES!
Tests: 54, Assertions: 80, Failures: 1.
""",
    "php": """\
»PHP Fatal error:  Uncaught TypeError: total(): Argument #1 ($items) must be of type array, null given in /app/src/Cart.php:14
Stack trace:
#0 /app/bin/run.php(9): total(NULL)
#1 {main}
  thrown in /app/src/Cart.php on line 14
""",
    "make": """\
»make[1]: *** No rule to make target 'cart.o', needed by 'shop'.  Stop.
make[1]: Leaving directory '/builds/acme/shop/src'
make: *** [Makefile:12: all] Error 2
""",
    "docker": """\
#9 [4/6] RUN pip install -r requirements.txt
»#9 2.114 ERROR: Could not find a version that satisfies the requirement torhc==2.1 (from versions: none)
#9 2.115 ERROR: No matching distribution found for torhc==2.1
#9 ERROR: process "/bin/sh -c pip install -r requirements.txt" did not complete successfully: exit code: 1
------
Dockerfile:7
--------------------
   6 |     COPY requirements.txt .
   7 | >>> RUN pip install -r requirements.txt
--------------------
ERROR: failed to solve: process "/bin/sh -c pip install -r requirements.txt" did not complete successfully: exit code: 1
""",
    "terraform": """\
\u2577
»\u2502 Error: Reference to undeclared resource
\u2502
\u2502   on main.tf line 14, in resource "aws_instance" "api":
\u2502   14:   subnet_id = aws_subnet.privat.id
\u2502
\u2502 A managed resource "aws_subnet" "privat" has not been declared in the root module.
\u2575
""",
    "bandit": """\
Test results:
»>> Issue: [B602:subprocess_popen_with_shell_equals_true] subprocess call with shell=True identified, security issue.
   Severity: High   Confidence: High
   CWE: CWE-78 (https://cwe.mitre.org/data/definitions/78.html)
   Location: ./train/run.py:14:4
13	    command = f"train {name}"
14	    subprocess.run(command, shell=True)
""",
    "semgrep": """\
    train/run.py
»   \u276f\u276f\u2771 python.lang.security.audit.eval-detected
          Detected the use of eval(). eval() can be dangerous if used to evaluate dynamic content.

           14\u2506 value = eval(line)
""",
    "gitleaks": """\
»Finding:     api_key = "REDACTED"
Secret:      REDACTED
RuleID:      generic-api-key
Entropy:     4.31
File:        train/settings.py
Line:        9
Commit:      5f1c9be1a2

11:21AM WRN leaks found: 1
""",
    "trivy": """\
registry.acme.dev/shop:1.4 (debian 12.5)
========================================
Total: 1 (HIGH: 0, CRITICAL: 1)

\u250c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u252c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u252c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2510
\u2502 Library \u2502 Vulnerability  \u2502 Severity \u2502
\u251c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u253c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u253c\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2524
»\u2502 zlib1g  \u2502 CVE-2023-45853 \u2502 CRITICAL \u2502
\u2514\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2534\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2534\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2518
""",
    "snyk": """\
Testing /github/workspace...
Tested 88 dependencies for known issues, found 1 issue, 1 vulnerable path.
Issues to fix by upgrading:
  Upgrade jinja2@2.10 to jinja2@2.11.3 to fix
»  \u2717 Regular Expression Denial of Service (ReDoS) [Medium Severity][https://security.snyk.io/vuln/SNYK-1] in jinja2@2.10
    introduced by flask@1.0 > jinja2@2.10
""",
    "flake8": """\
»./train/run.py:14:80: E501 line too long (96 > 79 characters)
./train/run.py:3:1: F401 'os' imported but unused
""",
    "mypy": """\
»train/run.py:14: error: Argument 1 to "fit" has incompatible type "str"; expected "int"  [arg-type]
Found 1 error in 1 file (checked 31 source files)
""",
    "pip": """\
»ERROR: Could not find a version that satisfies the requirement scikit-lern (from versions: none)
ERROR: No matching distribution found for scikit-lern
""",
    "uv": """\
»  \u00d7 No solution found when resolving dependencies:
  \u2570\u2500\u25b6 Because only torch<=2.4 is available and shop depends on torch>=9, we can conclude that
      shop's requirements are unsatisfiable.
""",
    "python": """\
Traceback (most recent call last):
  File "/home/runner/work/shop/shop/train.py", line 40, in <module>
    main()
  File "/home/runner/work/shop/shop/train.py", line 31, in main
    frame = read(path)
»FileNotFoundError: [Errno 2] No such file or directory: 'data/train.csv'
""",
    "kubectl": """\
Waiting for deployment "shop" rollout to finish: 0 of 2 updated replicas are available...
»error: deployment "shop" exceeded its progress deadline
""",
    "argo": """\
»time="2026-03-01T10:00:00Z" level=fatal msg="rpc error: code = PermissionDenied desc = permission denied: applications, sync, shop"
""",
    "helm": """\
»Error: UPGRADE FAILED: cannot patch "shop" with kind Deployment: Deployment.apps "shop" is invalid: spec.selector: field is immutable
""",
    "git": """\
Cloning into 'models'...
»fatal: unable to access 'https://git.acme.dev/models/': Could not resolve host: git.acme.dev
""",
    "tap": """\
ok 41 - parses an empty cart
»not ok 42 - adds up
  ---
    operator: equal
    expected: 12
    actual:   11
    at: Test.<anonymous> (test/cart.js:15:5)
  ...
ok 43 - removes an item
""",
    "perl": """\
»#   Failed test 'adds up'
#   at t/cart.t line 15.
#          got: '11'
#     expected: '12'
# Looks like you failed 1 test of 54.
t/cart.t .. Dubious, test returned 1 (wstat 256, 0x100)
Failed 1/54 subtests
""",
    "ghc": """\
»src/Cart.hs:14:9: error:
    \u2022 Couldn't match expected type \u2018Int\u2019 with actual type \u2018[Char]\u2019
    \u2022 In the expression: "eleven"
      In an equation for \u2018total\u2019: total _ = "eleven"
   |
14 | total _ = "eleven"
   |           ^^^^^^^^
""",
    "exunit": """\
»  1) test adds up (Shop.CartTest)
     test/cart_test.exs:14
     Assertion with == failed
     code:  assert Cart.total(cart) == 12
     left:  11
     right: 12
     stacktrace:
       test/cart_test.exs:15: (test)
""",
    "testthat": """\
\u2500\u2500 Failure (test-cart.R:14:3): total adds up \u2500\u2500
»total(cart) not equal to 12.
1/1 mismatches
[1] 11 - 12 == -1

[ FAIL 1 | WARN 0 | SKIP 0 | PASS 53 ]
""",
    "julia": """\
»adds up: Test Failed at /home/runner/work/Shop.jl/Shop.jl/test/runtests.jl:14
  Expression: total(cart) == 12
   Evaluated: 11 == 12
Stacktrace:
 [1] macro expansion
ERROR: LoadError: Some tests did not pass: 53 passed, 1 failed, 0 errored, 0 broken.
""",
    "busted": """\
»Failure \u2192 spec/cart_spec.lua @ 14
cart adds up
spec/cart_spec.lua:15: Expected objects to be equal.
Passed in:
(number) 11
Expected:
(number) 12
""",
    "pester": """\
»    [-] adds up 12ms
      Expected: {12}
      But was:  {11}
      15:         Get-Total $cart | Should Be 12
      at <ScriptBlock>, C:\\projects\\shop\\cart.Tests.ps1: line 15
""",
    "xcode": """\
»/Users/travis/build/acme/shop/Tests/CartTests.swift:15: error: -[ShopTests.CartTests testTotal] : XCTAssertEqual failed: ("11") is not equal to ("12")
Test Case '-[ShopTests.CartTests testTotal]' failed (0.004 seconds).
""",
    "clojure.test": """\
»FAIL in (adds-up) (cart_test.clj:14)
expected: (= 12 (total cart))
  actual: (not (= 12 11))
""",
    "shellcheck": """\
In run.sh line 14:
»rm -rf $dir/*
       ^--^ SC2086 (info): Double quote to prevent globbing and word splitting.
""",
    "shell": """\
»./run.sh: line 14: terraform: command not found
""",
    "cmake": """\
»CMake Error at CMakeLists.txt:14 (find_package):
  Could not find a package configuration file provided by "Eigen3" with any
  of the following names:

    Eigen3Config.cmake
    eigen3-config.cmake

-- Configuring incomplete, errors occurred!
""",
    "ctest": """\
»      Start 14: cart.adds_up
14/54 Test #14: cart.adds_up .....................***Failed    0.01 sec
98% tests passed, 1 tests failed out of 54

The following tests FAILED:
	 14 - cart.adds_up (Failed)
Errors while running CTest
""",
    "composer": """\
»Your requirements could not be resolved to an installable set of packages.

  Problem 1
    - acme/shop requires php ^8.3 -> your php version (8.1.2) does not satisfy that requirement.
""",
    "bundler": """\
»Bundler could not find compatible versions for gem "rails":
  In Gemfile:
    rails (~> 7.1)

    devise (~> 4.0) was resolved to 4.0.0, which depends on
      railties (>= 3.2.6, < 5)
""",
    "rubocop": """\
Offenses:

»lib/cart.rb:14:3: W: Lint/UselessAssignment: Useless assignment to variable - total.
  total = 0
  ^^^^^

31 files inspected, 1 offense detected
""",
    "threshold": """\
epoch 20/20 loss=0.412 accuracy=0.8123
»accuracy 0.8123 is below the threshold 0.9000
""",
    "ocaml": """\
File "lib/cart.ml", line 14, characters 9-17:
14 |   total ^ 1
              ^
»Error: This expression has type int but an expression was expected of type string
""",
    "dart": """\
»00:03 +41 -1: test/cart_test.dart: adds up [E]
  Expected: <12>
    Actual: <11>
  package:test_api              expect
  test/cart_test.dart 15:5      main.<fn>
""",
    "timeout": """\
epoch 3 of 500
»No output has been received in the last 10m0s, this potentially indicates a stalled build or something wrong with the build itself.
""",
    "oom": """\
loading shard 14 of 20
»/home/runner/work/_temp/a.sh: line 2:  2113 Killed                  python train.py
""",
}
