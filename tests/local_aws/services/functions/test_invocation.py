"""An invocation runs the handler with a clean environment, and tells its error and its time."""

import base64

from tests.local_cloud import BUCKET


def test_a_handler_sees_its_environment_and_the_code_alone(make, ask):
    make(
        "import os\ndef handle(event, context):\n"
        "    try:\n        import local_aws\n    except ImportError:\n        local_aws = None\n"
        "    return [os.environ['PLACE'], context.function_name, local_aws is None,\n"
        "            context.get_remaining_time_in_millis() > 1000]\n",
        Environment={"Variables": {"PLACE": "1"}},
    )
    assert ask()["Payload"] == ["1", "f", True, True]


def test_a_handlers_error_is_the_answer(make, ask):
    make("def handle(event, context):\n    raise KeyError('bird')\n")
    answer = ask(LogType="Tail")
    assert (answer["FunctionError"], answer["StatusCode"]) == ("Unhandled", 200)
    assert answer["Payload"]["errorType"] == "KeyError"
    assert "[ERROR] KeyError: 'bird'" in base64.b64decode(answer["LogResult"]).decode()


def test_a_handler_that_is_not_there_is_told(make, ask):
    make("pass", Handler="other.handle")
    assert ask()["Payload"]["errorType"] == "Runtime.ImportModuleError"


def test_an_invocation_ends_at_its_timeout(make, ask):
    make("import time\ndef handle(event, context):\n    time.sleep(60)\n", Timeout=1)
    assert "Task timed out after 1.00 seconds" in ask()["Payload"]["errorMessage"]


def test_a_process_that_ends_itself_is_told(make, ask):
    make("import os\ndef handle(event, context):\n    os._exit(3)\n")
    assert ask()["Payload"]["errorType"] == "Runtime.ExitError"


def test_what_a_handler_prints_is_in_its_log(client, make, ask):
    make("def handle(event, context):\n    print('hello', event)\n")
    ask(5)
    events = client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    messages = [event["message"].rstrip() for event in events]
    assert "hello 5" in messages and messages[0].startswith("START RequestId:")


def test_a_handler_may_do_in_s3_what_its_role_may(aws, make, ask):
    aws.store.put(BUCKET, "key", b"hello")
    make(
        "import boto3\ndef handle(event, context):\n"
        f"    body = boto3.client('s3').get_object(Bucket='{BUCKET}', Key='key')['Body']\n"
        "    return body.read().decode()\n",
        Timeout=30,
    )
    payload = ask()["Payload"]
    assert payload["errorType"] == "AccessDenied", payload
    document = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*",'
        ' "Resource": "*"}]}'
    )
    allowed = {"RoleName": "functions", "PolicyName": "p", "PolicyDocument": document}
    aws.parts.call("iam", "PutRolePolicy", allowed)
    assert ask()["Payload"] == "hello"
