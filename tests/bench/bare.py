"""The reference: a bare FastHttpUser that sends the same requests and looks at nothing."""

import itertools

from locust import FastHttpUser, constant, task

HEADERS = {"x-canary": "always", "X-User": "canary-1"}
BODY = '{"question": "Why?"}'


class Bare(FastHttpUser):
    wait_time = constant(0)

    def on_start(self):
        self.turn = itertools.cycle(("/courses", "/api/tutor", "/api/quiz"))

    @task
    def ask(self):
        path = next(self.turn)
        if path == "/courses":
            self.client.get(path, headers=HEADERS)
        else:
            self.client.post(path, data=BODY, headers=HEADERS | {"Content-Type": "application/json"})
