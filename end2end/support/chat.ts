/** The chat as one person uses it. */
import { expect, type Locator } from '@playwright/test';
import type { Person } from './person.js';

export class Chat {
  private constructor(private readonly person: Person) {}

  /** Opens the panel, if it is closed. */
  static async of(person: Person): Promise<Chat> {
    const button = person.button('Chat');
    if ((await button.getAttribute('aria-expanded')) !== 'true') {
      await button.click();
    }
    const chat = new Chat(person);
    await expect(chat.field).toBeFocused();
    return chat;
  }

  get panel(): Locator {
    return this.person.page.getByRole('complementary', { name: 'Chat' });
  }

  get field(): Locator {
    return this.panel.getByRole('textbox', { name: 'Message' });
  }

  get messages(): Locator {
    return this.panel.getByRole('log', { name: 'Messages' }).getByRole('listitem');
  }

  async say(text: string, to = 'Everyone'): Promise<void> {
    await this.panel.getByRole('combobox', { name: 'Send to' }).selectOption({ label: to });
    await this.field.fill(text);
    await this.field.press('Enter');
    await expect(this.field).toHaveValue('');
  }

  /** The texts there are, in order. */
  texts(): Promise<string[]> {
    return this.messages.locator('.message-text').allTextContents();
  }

  async expectTexts(...texts: string[]): Promise<void> {
    await expect.poll(() => this.texts()).toEqual(texts);
  }

  message(text: string): Locator {
    return this.messages.filter({ has: this.person.page.getByText(text, { exact: true }) });
  }
}
